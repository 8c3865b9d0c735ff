# The same file stands in every module that makes functions: Terraform cannot share a type.
# tests/terraform/test_modules.py holds the copies equal.
variable "platform" {
  description = "What every part of one environment shares: names, keys, where the zips come from and go to, and which options are on. Made once, in terraform/main.tf."
  type = object({
    name_prefix          = string
    partition            = string
    region               = string
    account_id           = string
    kms_key_arn          = string
    dist_dir             = string
    packages_bucket      = string
    runtime              = string
    architecture         = string
    log_level            = string
    log_retention_days   = number
    service_version      = string
    metrics_namespace    = string
    reserved_concurrency = map(number)
    cors_allow_origins   = list(string)
    tracing_enabled      = bool
    alarms_enabled       = bool
    alarm_topic_arn      = string
    deletion_protection  = bool
  })

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.platform.name_prefix))
    error_message = "platform.name_prefix must be 3 to 32 lower-case letters, digits and dashes, starting with a letter: names of functions and buckets grow from it."
  }
  validation {
    condition     = can(regex("^[0-9]{12}$", var.platform.account_id))
    error_message = "platform.account_id must be the 12 digits of an AWS account."
  }
  validation {
    condition     = can(regex("^arn:[^:]+:kms:", var.platform.kms_key_arn))
    error_message = "platform.kms_key_arn must be the ARN of a KMS key: everything at rest is encrypted with it."
  }
  validation {
    condition     = contains(["python3.13", "provided.al2023"], var.platform.runtime)
    error_message = "platform.runtime must be python3.13 (AWS) or provided.al2023 (the local emulator)."
  }
  validation {
    condition     = contains(["arm64", "x86_64"], var.platform.architecture)
    error_message = "platform.architecture must be arm64 or x86_64."
  }
  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.platform.log_level)
    error_message = "platform.log_level must be DEBUG, INFO, WARNING or ERROR."
  }
  validation {
    condition     = !var.platform.alarms_enabled || can(regex("^arn:[^:]+:sns:", var.platform.alarm_topic_arn))
    error_message = "platform.alarm_topic_arn must be the ARN of an SNS topic while platform.alarms_enabled is true: an alarm that tells nobody is none."
  }
}
