variable "name_prefix" {
  description = "Project and environment, such as orderflow-dev; names grow from it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name_prefix))
    error_message = "name_prefix must be 3 to 32 lower-case letters, digits and dashes, starting with a letter."
  }
}

variable "post_confirmation_function_arn" {
  description = "ARN of the function that the pool calls once a customer proved their address; it has to let the pool do so."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:lambda:", var.post_confirmation_function_arn))
    error_message = "post_confirmation_function_arn must be the ARN of a Lambda function."
  }
}

variable "mfa" {
  description = "Second factor by authenticator app: OFF, or OPTIONAL for each customer to decide."
  type        = string
  default     = "OPTIONAL"

  validation {
    condition     = contains(["OFF", "OPTIONAL"], var.mfa)
    error_message = "mfa must be OFF or OPTIONAL: sign-up over the API cannot enrol an authenticator, so a required one would lock everyone out."
  }
}

variable "deletion_protection" {
  description = "Whether the user pool refuses to be deleted."
  type        = bool
  default     = true

  validation {
    condition     = var.deletion_protection != null
    error_message = "deletion_protection must be true or false."
  }
}

variable "password_minimum_length" {
  description = "Fewest characters of a password."
  type        = number
  default     = 12

  validation {
    condition     = var.password_minimum_length >= 8 && var.password_minimum_length <= 99
    error_message = "password_minimum_length must be 8 to 99."
  }
}

variable "token_validity_minutes" {
  description = "Minutes that id and access tokens are valid. The API cannot take an id token back before that."
  type        = number
  default     = 60

  validation {
    condition     = var.token_validity_minutes >= 5 && var.token_validity_minutes <= 1440
    error_message = "token_validity_minutes must be 5 to 1440, Cognito's limits."
  }
}

variable "refresh_token_validity_days" {
  description = "Days until a customer has to sign in with the password again."
  type        = number
  default     = 30

  validation {
    condition     = var.refresh_token_validity_days >= 1 && var.refresh_token_validity_days <= 3650
    error_message = "refresh_token_validity_days must be 1 to 3650."
  }
}

variable "threat_protection" {
  description = "Cognito's detection of leaked passwords and odd sign-ins: OFF, AUDIT or ENFORCED. Anything but OFF is the PLUS tier, paid per user and month."
  type        = string
  default     = "OFF"

  validation {
    condition     = contains(["OFF", "AUDIT", "ENFORCED"], var.threat_protection)
    error_message = "threat_protection must be OFF, AUDIT or ENFORCED."
  }
}
