variable "name" {
  description = "What the queue carries, in dashes; the queue is <name_prefix>-<name>, its dead letter queue <name_prefix>-<name>-dlq."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+)*$", var.name))
    error_message = "name must be lower-case words joined by dashes, such as orders."
  }
}

variable "consumer_timeout_seconds" {
  description = "Timeout of the function that reads the queue. A message stays invisible six times as long, as Lambda's documentation asks."
  type        = number

  validation {
    condition     = var.consumer_timeout_seconds >= 1 && var.consumer_timeout_seconds <= 900
    error_message = "consumer_timeout_seconds must be 1 to 900, as for any function."
  }
}

variable "max_receives" {
  description = "How often a message is handed out before it moves to the dead letter queue."
  type        = number
  default     = 3

  validation {
    condition     = var.max_receives >= 1 && var.max_receives <= 1000 && floor(var.max_receives) == var.max_receives
    error_message = "max_receives must be a whole number from 1 to 1000."
  }
}

variable "subscribed_topic_arns" {
  description = "ARNs of the topics that the queue is subscribed to: at most two, and nobody else may let SNS send."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.subscribed_topic_arns) <= 2 && alltrue([for arn in var.subscribed_topic_arns : can(regex("^arn:[^:]+:sns:", arn))])
    error_message = "subscribed_topic_arns must hold the ARNs of one or two SNS topics, or none."
  }
}
