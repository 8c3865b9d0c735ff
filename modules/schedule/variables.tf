variable "name" {
  description = "What runs; the schedule is <name_prefix>-<name>."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+)*$", var.name)) && length(var.name) <= 22
    error_message = "name must be lower-case words joined by dashes, such as sweep-orders, of at most 22 characters: the role's name grows from it."
  }
}

variable "description" {
  description = "One sentence for whoever finds the schedule in the console."
  type        = string

  validation {
    condition     = length(var.description) > 0 && length(var.description) <= 512
    error_message = "description must have 1 to 512 characters."
  }
}

variable "expression" {
  description = "When it runs, as EventBridge Scheduler writes it."
  type        = string

  validation {
    condition     = can(regex("^(rate|cron)\\(.+\\)$", var.expression))
    error_message = "expression must be rate(...) or cron(...), such as rate(5 minutes)."
  }
}

variable "function_arn" {
  description = "ARN of the function that it invokes."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:lambda:", var.function_arn))
    error_message = "function_arn must be the ARN of a Lambda function."
  }
}

variable "input" {
  description = "The event that the function gets; <aws.scheduler.scheduled-time> becomes the run's time."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.input) : can(regex("^[a-z][A-Za-z]*$", name))])
    error_message = "input's names must be camelCase."
  }
}

variable "dead_letter_queue_arn" {
  description = "ARN of the queue that keeps an event which could not be handed over."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:sqs:", var.dead_letter_queue_arn))
    error_message = "dead_letter_queue_arn must be the ARN of an SQS queue."
  }
}
