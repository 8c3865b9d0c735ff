variable "orders_table" {
  description = "Name and ARN of the orders table: process_payment reads an order's payment terms from it."
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
