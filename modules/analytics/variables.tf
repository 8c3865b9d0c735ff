variable "currency" {
  description = "ISO 4217 code of the orders that a summary is about, unless it asks for another."
  type        = string

  validation {
    condition     = can(regex("^[A-Z]{3}$", var.currency))
    error_message = "currency must be an ISO 4217 code, such as EUR."
  }
}

variable "feedback_table" {
  description = "ARN of the feedback table and of its stream, which must carry the images before and after each change."
  type        = object({ arn = string, stream_arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:.*:table/[^/]+$", var.feedback_table.arn))
    error_message = "feedback_table.arn must be the ARN of a DynamoDB table."
  }
  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:.*:table/[^/]+/stream/.+$", var.feedback_table.stream_arn))
    error_message = "feedback_table.stream_arn must be the ARN of a DynamoDB table's stream."
  }
}

variable "orders_table" {
  description = "ARN of the orders table and of its stream, which must carry the images before and after each change."
  type        = object({ arn = string, stream_arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:.*:table/[^/]+$", var.orders_table.arn))
    error_message = "orders_table.arn must be the ARN of a DynamoDB table."
  }
  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:.*:table/[^/]+/stream/.+$", var.orders_table.stream_arn))
    error_message = "orders_table.stream_arn must be the ARN of a DynamoDB table's stream."
  }
}
