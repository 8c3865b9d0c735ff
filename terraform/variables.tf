variable "project" {
  description = "First part of every name."
  type        = string
  default     = "orderflow"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,15}$", var.project))
    error_message = "project must be 2 to 16 lower-case letters and digits, starting with a letter."
  }
}

variable "environment" {
  description = "Second part of every name, and the stage of the API."
  type        = string

  validation {
    condition     = contains(["local", "dev", "staging", "prod"], var.environment)
    error_message = "environment must be local, dev, staging or prod."
  }
}

variable "region" {
  description = "AWS region of everything."
  type        = string
  default     = "eu-central-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be an AWS region, such as eu-central-1."
  }
}

variable "api_url" {
  description = "Where agents reach the API, as its discovery document says, for an API behind a domain of one's own; null for API Gateway's own address."
  type        = string
  default     = null

  validation {
    condition     = var.api_url == null || can(regex("^https://[^/ ]+(/[^ ]*[^/ ])?$", coalesce(var.api_url, "-")))
    error_message = "api_url must be an https URL that does not end with a slash, or null."
  }
}

variable "currency" {
  description = "ISO 4217 code of the currency every price and order is in."
  type        = string
  default     = "EUR"

  validation {
    condition     = can(regex("^[A-Z]{3}$", var.currency))
    error_message = "currency must be an ISO 4217 code, such as EUR."
  }
}

variable "service_version" {
  description = "Version the functions report in logs and at /health."
  type        = string
  default     = "0.1.0"

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+[0-9A-Za-z.+-]*$", var.service_version))
    error_message = "service_version must be a version such as 1.4.0."
  }
}

variable "dist_dir" {
  description = "Folder with the zips that `make build` writes, seen from terraform/."
  type        = string
  default     = "../dist"

  validation {
    condition     = length(var.dist_dir) > 0
    error_message = "dist_dir must be a folder."
  }
}

variable "runtime" {
  description = "Runtime of the functions: python3.13 on AWS; provided.al2023 on the emulator, where each zip's bootstrap starts AWS's runtime client."
  type        = string
  default     = "python3.13"

  validation {
    condition     = contains(["python3.13", "provided.al2023"], var.runtime)
    error_message = "runtime must be python3.13 or provided.al2023."
  }
}

variable "architecture" {
  description = "Processor of the functions; the zips are pure Python and run on both."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

variable "log_level" {
  description = "What the functions log at least."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "log_retention_days" {
  description = "Days until logs are deleted."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs offers, such as 7, 30, 90 or 365."
  }
}

variable "reserved_concurrency" {
  description = "Reserved concurrency by operation, such as { place_order = 100 }; the others share what the account has."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for reserved in values(var.reserved_concurrency) : reserved >= 1 && floor(reserved) == reserved])
    error_message = "reserved_concurrency must be whole numbers from 1: with 0 a function never runs."
  }
}

variable "tracing_enabled" {
  description = "Whether functions and the API send traces to X-Ray."
  type        = bool
  default     = true

  validation {
    condition     = var.tracing_enabled != null
    error_message = "tracing_enabled must be true or false."
  }
}

variable "state_machine_tracing_enabled" {
  description = "Whether executions send traces to X-Ray; off on the emulator, which forgets it and so shows a change in every plan."
  type        = bool
  default     = true

  validation {
    condition     = var.state_machine_tracing_enabled != null
    error_message = "state_machine_tracing_enabled must be true or false."
  }
}

variable "alarms_enabled" {
  description = "Whether alarms are made; off on the emulator, which forgets parts of them and so shows a change in every plan."
  type        = bool
  default     = true

  validation {
    condition     = var.alarms_enabled != null
    error_message = "alarms_enabled must be true or false."
  }
}

variable "validate_bodies_at_edge" {
  description = "Whether API Gateway refuses bad bodies itself; off on the emulator, which cannot say which field is wrong, so that the handler says it."
  type        = bool
  default     = true

  validation {
    condition     = var.validate_bodies_at_edge != null
    error_message = "validate_bodies_at_edge must be true or false."
  }
}

variable "throttling_rate_limit" {
  description = "Requests per second the API takes in the long run."
  type        = number
  default     = 500

  validation {
    condition     = var.throttling_rate_limit > 0
    error_message = "throttling_rate_limit must be above 0."
  }
}

variable "throttling_burst_limit" {
  description = "Requests the API takes at once."
  type        = number
  default     = 1000

  validation {
    condition     = var.throttling_burst_limit > 0 && floor(var.throttling_burst_limit) == var.throttling_burst_limit
    error_message = "throttling_burst_limit must be a whole number above 0."
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

variable "cors_allow_origins" {
  description = "Origins whose pages may call the API and upload pictures."
  type        = list(string)

  validation {
    condition     = length(var.cors_allow_origins) > 0 && alltrue([for origin in var.cors_allow_origins : origin == "*" || can(regex("^https?://[^/ ]+$", origin))])
    error_message = "cors_allow_origins must be origins such as https://shop.example.com, without a path, or \"*\"."
  }
  validation {
    condition     = contains(["local", "dev"], var.environment) || alltrue([for origin in var.cors_allow_origins : startswith(origin, "https://")])
    error_message = "cors_allow_origins must be named and use https in staging and prod: any page could call the API in its reader's name, or listen."
  }
}

variable "auto_confirm_customers" {
  description = "Whether a sign-up needs no confirmed e-mail address; only local, where no mail is sent."
  type        = bool
  default     = false

  validation {
    condition     = !var.auto_confirm_customers || var.environment == "local"
    error_message = "auto_confirm_customers may be true only in the local environment: elsewhere anybody could sign up with anybody's address."
  }
}

variable "deleted_user_retention_days" {
  description = "Days that a deleted user's profile is kept, seen by nobody, until it is removed wholly."
  type        = number
  default     = 30

  validation {
    condition     = var.deleted_user_retention_days >= 1 && var.deleted_user_retention_days <= 3650 && floor(var.deleted_user_retention_days) == var.deleted_user_retention_days
    error_message = "deleted_user_retention_days must be a whole number from 1 to 3650."
  }
}

variable "client_authorizer_ttl_seconds" {
  description = "How long API Gateway repeats an answer about a client key without asking the authorizer again; 0 asks for each request."
  type        = number
  default     = 300

  validation {
    condition     = var.client_authorizer_ttl_seconds >= 0 && var.client_authorizer_ttl_seconds <= 3600 && floor(var.client_authorizer_ttl_seconds) == var.client_authorizer_ttl_seconds
    error_message = "client_authorizer_ttl_seconds must be a whole number from 0 to 3600."
  }
}

variable "mfa" {
  description = "Whether customers may protect their account by a second factor: OFF or OPTIONAL."
  type        = string
  default     = "OPTIONAL"

  validation {
    condition     = contains(["OFF", "OPTIONAL"], var.mfa)
    error_message = "mfa must be OFF or OPTIONAL."
  }
}

variable "default_payment_token" {
  description = "Payment token of an order that brings none; empty where a missing one is the client's error."
  type        = string
  default     = ""

  validation {
    condition     = var.default_payment_token == "" || contains(["local", "dev"], var.environment)
    error_message = "default_payment_token may be set only in local and dev: elsewhere an order without a payment method must be refused."
  }
}

variable "deletion_protection" {
  description = "Whether tables, user pool, pictures and secret survive a mistaken destroy."
  type        = bool
  default     = true

  validation {
    condition     = var.deletion_protection || var.environment != "prod"
    error_message = "deletion_protection must stay true in prod."
  }
}

variable "s3_use_path_style" {
  description = "Whether S3 is addressed by path; true only on the emulator, whose name resolves no bucket names."
  type        = bool
  default     = false

  validation {
    condition     = !var.s3_use_path_style || var.environment == "local"
    error_message = "s3_use_path_style may be true only in the local environment."
  }
}

variable "local_endpoint" {
  description = "Address of the emulator, such as http://localhost:4566; empty on AWS."
  type        = string
  default     = ""

  validation {
    condition     = var.local_endpoint == "" || can(regex("^https?://(localhost|127\\.0\\.0\\.1):[0-9]+$", var.local_endpoint))
    error_message = "local_endpoint must be http://localhost:<port> (or https) or empty."
  }
  validation {
    condition     = (var.local_endpoint != "") == (var.environment == "local")
    error_message = "local_endpoint must be set in the local environment, and only there."
  }
}

variable "cursor_secret_arn" {
  description = "ARN of a secret that signs the cursors of lists, for a team that keeps its secrets elsewhere: its key must let the functions' roles decrypt. Empty makes one."
  type        = string
  default     = ""

  validation {
    condition     = var.cursor_secret_arn == "" || can(regex("^arn:[^:]+:secretsmanager:", var.cursor_secret_arn))
    error_message = "cursor_secret_arn must be the ARN of a Secrets Manager secret or empty."
  }
}

variable "order_generator" {
  description = "Sample orders: \"off\", \"manual\" (a function to invoke) or \"scheduled\" (every five minutes as well). Needs default_payment_token; never on in prod."
  type        = string
  default     = "off"

  validation {
    condition     = contains(["off", "manual", "scheduled"], var.order_generator)
    error_message = "order_generator must be off, manual or scheduled."
  }
  validation {
    condition     = var.order_generator == "off" || var.environment != "prod"
    error_message = "order_generator must be off in prod: its orders would be real."
  }
}

variable "notification_subscriptions" {
  description = "Who is told by e-mail or SMS, by topic: an email or a phone_number each, and the event types they want (none is all; alarms have none). Personal data: give it as TF_VAR_notification_subscriptions, see docs/events.md."
  sensitive   = true
  type = object({
    order_completed = optional(list(object({ email = optional(string), phone_number = optional(string), types = optional(list(string), []) })), [])
    order_failed    = optional(list(object({ email = optional(string), phone_number = optional(string), types = optional(list(string), []) })), [])
    order_review    = optional(list(object({ email = optional(string), phone_number = optional(string), types = optional(list(string), []) })), [])
    alarms          = optional(list(object({ email = optional(string), phone_number = optional(string), types = optional(list(string), []) })), [])
  })
  default = {}

  # What an address looks like and which types a topic carries is checked by modules/notifications, which knows the topics.
  validation {
    condition     = alltrue([for one in flatten(values(var.notification_subscriptions)) : (one.email == null) != (one.phone_number == null)])
    error_message = "Each of notification_subscriptions must have either an email or a phone_number."
  }
}

variable "review_threshold" {
  description = "Orders of this total or more, in minor units, wait for a person before they are charged; 0 asks nobody."
  type        = number
  default     = 0

  validation {
    condition     = var.review_threshold >= 0 && floor(var.review_threshold) == var.review_threshold
    error_message = "review_threshold must be a whole number of minor units, such as 100000 for 1,000.00 EUR, or 0."
  }
}

variable "review_deadline_seconds" {
  description = "How long a person has to decide about an order that is held; then it is rejected."
  type        = number
  default     = 86400

  # order_processing's own timeout outlasts the longest of them.
  validation {
    condition     = var.review_deadline_seconds >= 60 && var.review_deadline_seconds <= 604800 && floor(var.review_deadline_seconds) == var.review_deadline_seconds
    error_message = "review_deadline_seconds must be a whole number from 60 (a minute) to 604800 (a week)."
  }
}

variable "payment_provider" {
  description = "Who moves the money: \"sandbox\", whose tokens decide what happens and which moves none, or \"stripe\"."
  type        = string
  default     = "sandbox"

  validation {
    condition     = contains(["sandbox", "stripe"], var.payment_provider)
    error_message = "payment_provider must be sandbox or stripe."
  }
  validation {
    condition     = var.payment_provider != "sandbox" || var.environment != "prod"
    error_message = "payment_provider must not be sandbox in prod: whoever knows its tokens would buy for nothing."
  }
}

variable "stripe_secret_arn" {
  description = "ARN of a secret {\"apiKey\": ..., \"webhookSecret\": ...} that you made and filled, so that no Terraform state ever holds it; its key must let the functions' roles decrypt. Empty without Stripe."
  type        = string
  default     = ""

  validation {
    condition     = var.stripe_secret_arn == "" || can(regex("^arn:[^:]+:secretsmanager:", var.stripe_secret_arn))
    error_message = "stripe_secret_arn must be the ARN of a Secrets Manager secret or empty."
  }
  validation {
    condition     = (var.stripe_secret_arn != "") == (var.payment_provider == "stripe")
    error_message = "stripe_secret_arn must be set with payment_provider = \"stripe\", and only with it."
  }
}

variable "stripe_api_base" {
  description = "Where Stripe's API is; a stand-in on this machine in the local environment, Stripe's own address elsewhere."
  type        = string
  default     = "https://api.stripe.com"

  validation {
    condition     = can(regex("^(https://api\\.stripe\\.com|http://(localhost|127\\.0\\.0\\.1):[0-9]+)$", var.stripe_api_base))
    error_message = "stripe_api_base must be https://api.stripe.com or http://localhost:<port>."
  }
  validation {
    condition     = startswith(var.stripe_api_base, "https://") || var.environment == "local"
    error_message = "stripe_api_base may be another address only in the local environment: the API key is sent there."
  }
}
