variable "cursor_secret_arn" {
  description = "ARN of the secret that signs the cursors of lists."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:secretsmanager:", var.cursor_secret_arn))
    error_message = "cursor_secret_arn must be the ARN of a Secrets Manager secret."
  }
}

variable "audit_trail_table" {
  description = "Name and ARN of the append-only table that tells who changed what."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.audit_trail_table.arn))
    error_message = "audit_trail_table.arn must be the ARN of a DynamoDB table."
  }
}

variable "webhook_loopback_allowed" {
  description = "Whether webhooks may go to this machine itself, also by http: for the local stack only."
  type        = bool
  default     = false

  validation {
    condition     = var.webhook_loopback_allowed != null
    error_message = "webhook_loopback_allowed must be true or false."
  }
}
