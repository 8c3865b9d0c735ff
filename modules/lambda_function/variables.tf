variable "context" {
  description = "The bounded context the function belongs to; its handler lies in src/handlers/<context>/."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+$", var.context))
    error_message = "context must be one lower-case word, such as orders."
  }
}

variable "operation" {
  description = "What the function does; names the zip (<operation>.zip), the handler module and, with dashes, the function."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+(_[a-z]+)*$", var.operation))
    error_message = "operation must be snake_case, such as place_order."
  }
  validation {
    condition     = fileexists("${var.platform.dist_dir}/${var.operation}.zip")
    error_message = "There is no ${var.operation}.zip in ${var.platform.dist_dir}: run `make build` first."
  }
}

variable "description" {
  description = "One sentence for whoever finds the function in the console."
  type        = string

  validation {
    condition     = length(var.description) > 0 && length(var.description) <= 256
    error_message = "description must have 1 to 256 characters."
  }
}

variable "environment" {
  description = "Settings of this function alone; what all functions get is added by the module."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "environment names must be UPPER_SNAKE_CASE."
  }
}

variable "statements" {
  description = "What the function may do: one entry per intent, exact actions on exact resources. Logs, traces and the dead letter are added by the module."
  type = list(object({
    sid       = string
    actions   = list(string)
    resources = list(string)
    conditions = optional(list(object({
      test     = string
      variable = string
      values   = list(string)
    })), [])
  }))

  validation {
    condition     = alltrue([for s in var.statements : can(regex("^([A-Z][a-z0-9]*)+$", s.sid))])
    error_message = "Each sid must be a sentence in PascalCase, such as ReadTheCustomersOrder."
  }
  validation {
    condition     = length(distinct(var.statements[*].sid)) == length(var.statements)
    error_message = "Each sid must occur once."
  }
  validation {
    condition     = alltrue([for s in var.statements : length(s.actions) > 0 && alltrue([for a in s.actions : can(regex("^[a-z0-9-]+:[A-Za-z0-9]+$", a))])])
    error_message = "Each action must be written out (service:Action); wildcards are refused."
  }
  validation {
    condition     = alltrue([for s in var.statements : length(s.resources) > 0 && (!contains(s.resources, "*") || length(s.conditions) > 0)])
    error_message = "Each statement needs resources, and \"*\" only together with a condition that narrows it."
  }
}

variable "timeout_seconds" {
  description = "Seconds until Lambda ends an invocation."
  type        = number
  default     = 10

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 900
    error_message = "timeout_seconds must be 1 to 900."
  }
}

variable "memory_mb" {
  description = "Memory in MB; CPU grows with it, so more memory also means a shorter cold start."
  type        = number
  default     = 512

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240
    error_message = "memory_mb must be 128 to 10240."
  }
}

variable "dead_letter_queue_arn" {
  description = "Where the event goes when an asynchronous invocation fails for good; null for functions that are only called synchronously, whose caller sees the error."
  type        = string
  default     = null

  validation {
    condition     = var.dead_letter_queue_arn == null || can(regex("^arn:[^:]+:sqs:", var.dead_letter_queue_arn))
    error_message = "dead_letter_queue_arn must be the ARN of an SQS queue or null."
  }
}
