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

variable "upload_origins" {
  description = "Origins whose pages may upload pictures from a browser."
  type        = list(string)

  validation {
    condition     = length(var.upload_origins) > 0 && alltrue([for origin in var.upload_origins : origin == "*" || can(regex("^https?://[^/ ]+$", origin))])
    error_message = "upload_origins must be origins such as https://shop.example.com, without a path, or \"*\"."
  }
}
