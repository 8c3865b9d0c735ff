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

variable "checkout_mode" {
  description = "How closely agents are held to the checkout protocol: lenient lets requests without a key pass on the checkout's routes."
  type        = string

  validation {
    condition     = contains(["strict", "standard", "lenient"], var.checkout_mode)
    error_message = "checkout_mode must be strict, standard or lenient."
  }
}
