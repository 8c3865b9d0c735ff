variable "cursor_secret_arn" {
  description = "ARN of the secret that signs the cursors of lists."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:secretsmanager:", var.cursor_secret_arn))
    error_message = "cursor_secret_arn must be the ARN of a Secrets Manager secret."
  }
}

variable "orders_table" {
  description = "Name and ARN of the orders table: what is judged is read from it, through the orders' use case."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.orders_table.arn))
    error_message = "orders_table.arn must be the ARN of a DynamoDB table."
  }
}

variable "products_table" {
  description = "Name and ARN of the products table: ratings are added to there, through the catalogue's part of the transaction."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.products_table.arn))
    error_message = "products_table.arn must be the ARN of a DynamoDB table."
  }
}
