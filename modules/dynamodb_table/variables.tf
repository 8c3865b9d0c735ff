variable "name" {
  description = "Name of the table."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_.-]{3,255}$", var.name))
    error_message = "name must have 3 to 255 letters, digits, dots, dashes and underscores."
  }
}

variable "partition_key" {
  description = "Partition key: its attribute name and type (S, N or B)."
  type        = object({ name = string, type = string })

  validation {
    condition     = contains(["S", "N", "B"], var.partition_key.type)
    error_message = "partition_key.type must be S, N or B."
  }
}

variable "sort_key" {
  description = "Sort key: its attribute name and type (S, N or B); null for a table without."
  type        = object({ name = string, type = string })
  default     = null

  validation {
    condition     = var.sort_key == null || contains(["S", "N", "B"], try(var.sort_key.type, ""))
    error_message = "sort_key.type must be S, N or B."
  }
}

variable "indexes" {
  description = "Global secondary indexes by name, each with all attributes or, by `projection`, with keys only. An item without an index's keys is not in that index."
  type = map(object({
    partition_key = object({ name = string, type = string })
    sort_key      = object({ name = string, type = string })
    projection    = optional(string, "ALL")
  }))
  default = {}

  validation {
    condition     = alltrue([for i in values(var.indexes) : contains(["ALL", "KEYS_ONLY"], i.projection)])
    error_message = "Each index's projection must be ALL or KEYS_ONLY."
  }

  validation {
    condition     = alltrue([for i in values(var.indexes) : contains(["S", "N", "B"], i.partition_key.type) && contains(["S", "N", "B"], i.sort_key.type)])
    error_message = "Each index key's type must be S, N or B."
  }
}

variable "expires_at_attribute" {
  description = "Attribute with the epoch second after which DynamoDB may delete an item; null when items stay."
  type        = string
  default     = null

  validation {
    condition     = var.expires_at_attribute == null || try(length(var.expires_at_attribute) > 0, false)
    error_message = "expires_at_attribute must be an attribute name or null."
  }
}

variable "append_only" {
  description = "Whether the table's own policy refuses to change and to remove items."
  type        = bool
  default     = false

  validation {
    condition     = var.append_only != null
    error_message = "append_only must be true or false."
  }
}

variable "stream_view" {
  description = "What the table's stream tells of each change: KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES; null for no stream."
  type        = string
  default     = null

  validation {
    condition     = var.stream_view == null || contains(["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"], coalesce(var.stream_view, "none"))
    error_message = "stream_view must be KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES or null."
  }
}

variable "kms_key_arn" {
  description = "ARN of the key that encrypts the table."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table."
  type        = bool

  validation {
    condition     = var.deletion_protection != null
    error_message = "deletion_protection must be true or false."
  }
}
