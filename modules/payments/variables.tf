variable "orders_table" {
  description = "Name and ARN of the orders table: authorize_payment and pay_order read an order's payment terms from it."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.orders_table.arn))
    error_message = "orders_table.arn must be the ARN of a DynamoDB table."
  }
}

variable "payment_provider" {
  description = "Which adapter stands behind the provider port."
  type        = string
  default     = "sandbox"

  validation {
    condition     = contains(["sandbox"], var.payment_provider)
    error_message = "payment_provider must be sandbox, the only adapter so far."
  }
}

variable "state_machine_tracing_enabled" {
  description = "Whether executions of payment are traced."
  type        = bool

  validation {
    condition     = var.state_machine_tracing_enabled != null
    error_message = "state_machine_tracing_enabled must be true or false."
  }
}
