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
