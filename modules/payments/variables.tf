variable "orders_table" {
  description = "Name and ARN of the orders table: authorize_payment and pay_order read an order's payment terms from it."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.orders_table.arn))
    error_message = "orders_table.arn must be the ARN of a DynamoDB table."
  }
}

variable "payment_provider" {
  description = "Which adapter stands behind the provider port."
  type        = string
  default     = "sandbox"

  validation {
    condition     = contains(["sandbox", "stripe"], var.payment_provider)
    error_message = "payment_provider must be sandbox or stripe."
  }
}

variable "stripe_secret_arn" {
  description = "ARN of the secret {\"apiKey\": ..., \"webhookSecret\": ...} of the Stripe account; empty with another provider."
  type        = string
  default     = ""

  validation {
    condition     = var.stripe_secret_arn == "" || can(regex("^arn:[^:]+:secretsmanager:", var.stripe_secret_arn))
    error_message = "stripe_secret_arn must be the ARN of a Secrets Manager secret or empty."
  }
  validation {
    condition     = (var.stripe_secret_arn != "") == (var.payment_provider == "stripe")
    error_message = "stripe_secret_arn must be set with payment_provider = \"stripe\", and only with it: nobody may read a secret that is not used."
  }
}

variable "stripe_api_base" {
  description = "Where Stripe's API is; another address than Stripe's own only for a stand-in on this machine, since the API key is sent there."
  type        = string
  default     = "https://api.stripe.com"

  validation {
    condition     = can(regex("^(https://api\\.stripe\\.com|http://(localhost|127\\.0\\.0\\.1):[0-9]+)$", var.stripe_api_base))
    error_message = "stripe_api_base must be https://api.stripe.com or http://localhost:<port>."
  }
}

variable "state_machine_tracing_enabled" {
  description = "Whether executions of payment are traced."
  type        = bool

  validation {
    condition     = var.state_machine_tracing_enabled != null
    error_message = "state_machine_tracing_enabled must be true or false."
  }
}
