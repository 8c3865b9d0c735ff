variable "name" {
  description = "What the queue keeps, in dashes; the queue is <name_prefix>-<name>-dlq."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+)*$", var.name))
    error_message = "name must be lower-case words joined by dashes, such as orders."
  }
}

variable "source_queue_arns" {
  description = "ARNs of the queues that may redrive into it; empty when only a function's failed events land here."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.source_queue_arns) <= 10 && alltrue([for arn in var.source_queue_arns : can(regex("^arn:[^:]+:sqs:", arn))])
    error_message = "source_queue_arns must be at most ten ARNs of SQS queues."
  }
}
