variable "audit_trail_table" {
  description = "The audit trail, to which every change adds its entry: name and ARN."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.audit_trail_table.arn))
    error_message = "audit_trail_table.arn must be the ARN of a DynamoDB table."
  }
}

variable "currency" {
  description = "ISO 4217 code of the currency every price is in."
  type        = string

  validation {
    condition     = can(regex("^[A-Z]{3}$", var.currency))
    error_message = "currency must be an ISO 4217 code, such as EUR."
  }
}

variable "cursor_secret_arn" {
  description = "ARN of the secret that signs the cursors of lists."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:secretsmanager:", var.cursor_secret_arn))
    error_message = "cursor_secret_arn must be the ARN of a Secrets Manager secret."
  }
}

variable "client_keys_table" {
  description = "Name and ARN of the client keys table: a function that serves machines counts their requests there, through the use case of clients."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.client_keys_table.arn))
    error_message = "client_keys_table.arn must be the ARN of a DynamoDB table."
  }
}
