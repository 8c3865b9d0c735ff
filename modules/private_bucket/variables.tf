variable "name" {
  description = "Name of the bucket; global, so it should hold the account."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name must have 3 to 63 lower-case letters, digits and dashes."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the objects."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}

variable "deletion_protection" {
  description = "Whether the bucket refuses to be deleted while it holds objects."
  type        = bool

  validation {
    condition     = var.deletion_protection != null
    error_message = "deletion_protection must be true or false."
  }
}

variable "replaced_objects_kept_days" {
  description = "Days that a replaced or deleted object can still be brought back."
  type        = number
  default     = 30

  validation {
    condition     = var.replaced_objects_kept_days >= 1 && floor(var.replaced_objects_kept_days) == var.replaced_objects_kept_days
    error_message = "replaced_objects_kept_days must be a whole number from 1."
  }
}

variable "forgotten_after_days" {
  description = "Days after which objects are forgotten, by the prefix of their keys; what matches none stays."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for prefix, days in var.forgotten_after_days : endswith(prefix, "/") && days >= 1 && floor(days) == days])
    error_message = "forgotten_after_days must be whole numbers from 1, by prefixes that end in a slash."
  }
}
