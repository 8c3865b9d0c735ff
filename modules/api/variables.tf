variable "name_prefix" {
  description = "Project and environment, such as orderflow-dev; names grow from it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name_prefix))
    error_message = "name_prefix must be 3 to 32 lower-case letters, digits and dashes, starting with a letter."
  }
}

variable "stage_name" {
  description = "Name of the stage, which is the environment's; part of the URL."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9_-]{1,128}$", var.stage_name))
    error_message = "stage_name must be 1 to 128 lower-case letters, digits, - and _."
  }
}

variable "openapi_file" {
  description = "Path of the OpenAPI 3.0 document in YAML that the API is made from."
  type        = string

  validation {
    condition     = can(keys(yamldecode(file(var.openapi_file)).paths))
    error_message = "openapi_file must be an existing OpenAPI document in YAML with paths."
  }
}

variable "functions" {
  description = "The functions behind the routes, by the key that x-orderflow-function names; more than are named is fine."
  type = map(object({
    function_name = string
    invoke_arn    = string
  }))

  validation {
    condition     = length(var.functions) > 0
    error_message = "functions must hold at least the functions that the OpenAPI document names."
  }
}

variable "user_pool_arn" {
  description = "ARN of the Cognito user pool whose id tokens the API accepts."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:cognito-idp:", var.user_pool_arn))
    error_message = "user_pool_arn must be the ARN of a Cognito user pool."
  }
}

variable "authorizer_ttl_seconds" {
  description = "How long API Gateway repeats the answer about a client key without asking the authorizer again; 0 asks for each request. Functions look at a key's validity themselves, so a revoked one does not outlive its revocation by this."
  type        = number
  default     = 300

  validation {
    condition     = var.authorizer_ttl_seconds >= 0 && var.authorizer_ttl_seconds <= 3600 && floor(var.authorizer_ttl_seconds) == var.authorizer_ttl_seconds
    error_message = "authorizer_ttl_seconds must be a whole number from 0 to 3600."
  }
}

variable "cors_allow_origins" {
  description = "Origins whose pages may call the API from a browser, such as https://shop.example.com; [\"*\"] for any."
  type        = list(string)

  validation {
    condition     = length(var.cors_allow_origins) > 0 && alltrue([for origin in var.cors_allow_origins : can(regex("^(\\*|https?://[a-z0-9.-]+(:[0-9]+)?)$", origin))])
    error_message = "cors_allow_origins must hold at least one origin (scheme, host and port only, no path), or \"*\"."
  }
  validation {
    condition     = !contains(var.cors_allow_origins, "*") || length(var.cors_allow_origins) == 1
    error_message = "cors_allow_origins: \"*\" stands alone; beside it other origins mean nothing."
  }
}

variable "validate_bodies_at_edge" {
  description = "Whether API Gateway refuses bodies that break their schema before a function is invoked. False on the local emulator, which cannot name the field: there the function does."
  type        = bool
  default     = true

  validation {
    condition     = var.validate_bodies_at_edge != null
    error_message = "validate_bodies_at_edge must be true or false."
  }
}

variable "integration_timeout_milliseconds" {
  description = "How long API Gateway waits for a function, in milliseconds; longer than the functions' own timeout, so that theirs is the error seen."
  type        = number
  default     = 15000

  validation {
    condition     = var.integration_timeout_milliseconds >= 50 && var.integration_timeout_milliseconds <= 29000
    error_message = "integration_timeout_milliseconds must be 50 to 29000, the most that API Gateway grants by default."
  }
}

variable "log_retention_days" {
  description = "Days that access and execution logs are kept."
  type        = number

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of the numbers that CloudWatch Logs knows, such as 7, 30 or 365."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the logs."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}

variable "throttling_rate_limit" {
  description = "Requests per second that the stage takes in the long run, over all callers; beyond it the answer is 429."
  type        = number
  default     = 200

  validation {
    condition     = var.throttling_rate_limit > 0 && var.throttling_rate_limit <= 10000
    error_message = "throttling_rate_limit must be above 0 and at most 10000, an account's default limit."
  }
}

variable "throttling_burst_limit" {
  description = "Requests that the stage takes at once before throttling_rate_limit counts."
  type        = number
  default     = 400

  validation {
    condition     = var.throttling_burst_limit >= 1 && var.throttling_burst_limit <= 5000
    error_message = "throttling_burst_limit must be 1 to 5000, an account's default limit."
  }
}

variable "method_throttling" {
  description = "What operations take, over all callers, whose x-orderflow-throttling in the document names the kind: requests per second in the long run, and at once. The stage's limits hold as well."
  type = map(object({
    rate_limit  = number
    burst_limit = number
  }))
  default = {
    sign-in = { rate_limit = 20, burst_limit = 40 }
    write   = { rate_limit = 100, burst_limit = 200 }
  }

  validation {
    condition     = toset(keys(var.method_throttling)) == toset(["sign-in", "write"])
    error_message = "method_throttling must hold exactly the kinds sign-in and write."
  }
  validation {
    condition     = alltrue([for limits in var.method_throttling : limits.rate_limit > 0 && limits.burst_limit >= 1 && floor(limits.burst_limit) == limits.burst_limit])
    error_message = "method_throttling: each rate_limit must be above 0, each burst_limit a whole number of 1 or more."
  }
}

variable "tracing_enabled" {
  description = "Whether X-Ray traces requests."
  type        = bool
  default     = true

  validation {
    condition     = var.tracing_enabled != null
    error_message = "tracing_enabled must be true or false."
  }
}

variable "alarms_enabled" {
  description = "Whether alarms on server errors and latency are made."
  type        = bool
  default     = true

  validation {
    condition     = var.alarms_enabled != null && (!var.alarms_enabled || can(regex("^arn:[^:]+:sns:", var.alarm_topic_arn)))
    error_message = "alarms_enabled must be true or false, and true needs alarm_topic_arn: an alarm that tells nobody is none."
  }
}

variable "alarm_topic_arn" {
  description = "ARN of the SNS topic that alarms notify; empty only while alarms_enabled is false."
  type        = string
  default     = ""

  validation {
    condition     = var.alarm_topic_arn == "" || can(regex("^arn:[^:]+:sns:", var.alarm_topic_arn))
    error_message = "alarm_topic_arn must be the ARN of an SNS topic or empty."
  }
}

variable "local_endpoint" {
  description = "URL of the local emulator, such as http://localhost:4566; empty on AWS. Only the output api_endpoint depends on it."
  type        = string
  default     = ""

  validation {
    condition     = var.local_endpoint == "" || can(regex("^https?://[^/]+/?$", var.local_endpoint))
    error_message = "local_endpoint must be a URL without a path, or empty."
  }
}

variable "manage_account_logging_role" {
  description = "Whether this stack sets the account's API Gateway logging role. True in one stack per account and region: AWS refuses a stage with logs while the account has none."
  type        = bool
  default     = true

  validation {
    condition     = var.manage_account_logging_role != null
    error_message = "manage_account_logging_role must be true or false."
  }
}
