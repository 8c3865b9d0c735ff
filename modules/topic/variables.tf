variable "name" {
  description = "Name of the topic."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,256}$", var.name))
    error_message = "name must have 1 to 256 letters, digits, dashes and underscores."
  }
}

variable "account_id" {
  description = "The account that owns the topic."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be the 12 digits of an AWS account."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the messages."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}

variable "publishing_services" {
  description = "Service principals of this account that publish by themselves, such as cloudwatch.amazonaws.com; roles need no entry."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for service in var.publishing_services : can(regex("^[a-z0-9-]+\\.amazonaws\\.com$", service))])
    error_message = "publishing_services must be service principals, such as cloudwatch.amazonaws.com."
  }
}
