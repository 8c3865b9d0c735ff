variable "name_prefix" {
  description = "Prefix of every name in the environment, such as orderflow-dev."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name_prefix))
    error_message = "name_prefix must be 3 to 32 lower-case letters, digits and dashes, starting with a letter."
  }
}

variable "partition" {
  description = "AWS partition, such as aws."
  type        = string
  default     = "aws"

  validation {
    condition     = can(regex("^aws(-[a-z]+)*$", var.partition))
    error_message = "partition must be an AWS partition, such as aws or aws-us-gov."
  }
}

variable "region" {
  description = "Region of the key; the services named in its policy are this region's."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be an AWS region, such as eu-central-1."
  }
}

variable "account_id" {
  description = "The account that owns the key and whose roles alone may use it."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be the 12 digits of an AWS account."
  }
}

variable "deletion_window_days" {
  description = "Days between the key's deletion and its end; until then it can be recalled."
  type        = number
  default     = 30

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30
    error_message = "deletion_window_days must be 7 to 30."
  }
}
