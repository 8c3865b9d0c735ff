variable "user_pool" {
  description = "The Cognito user pool customers sign up to: its id, ARN and the client our functions speak for."
  type        = object({ id = string, arn = string, client_id = string })

  validation {
    condition     = can(regex("^arn:[^:]+:cognito-idp:", var.user_pool.arn))
    error_message = "user_pool.arn must be the ARN of a Cognito user pool."
  }
}

variable "auto_confirm_customers" {
  description = "Whether a sign-up needs no confirmed e-mail address; only where no mail is sent, on a laptop."
  type        = bool
  default     = false

  validation {
    condition     = var.auto_confirm_customers != null
    error_message = "auto_confirm_customers must be true or false."
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

variable "deleted_user_retention_days" {
  description = "Days that a deleted profile is kept, seen by nobody, until DynamoDB removes it wholly."
  type        = number
  default     = 30

  validation {
    condition     = var.deleted_user_retention_days >= 1 && var.deleted_user_retention_days <= 3650 && floor(var.deleted_user_retention_days) == var.deleted_user_retention_days
    error_message = "deleted_user_retention_days must be a whole number from 1 to 3650."
  }
}
