variable "audit_trail_table" {
  description = "The audit trail, to which every change adds its entry: name and ARN."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.audit_trail_table.arn))
    error_message = "audit_trail_table.arn must be the ARN of a DynamoDB table."
  }
}

variable "currency" {
  description = "ISO 4217 code of the currency every order is in."
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

variable "default_payment_token" {
  description = "Payment token of an order that brings none; empty where a missing one is the client's error."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{0,128}$", var.default_payment_token))
    error_message = "default_payment_token must have at most 128 letters, digits, dashes and underscores."
  }
}

variable "price_tables" {
  description = "Folder of src/orderflow/checkout/pricing/tables by which checkouts are priced: an order of one stays where its tax was computed for."
  type        = string
  default     = "default"

  validation {
    condition     = can(regex("^[a-z0-9-]+$", var.price_tables))
    error_message = "price_tables must be the name of a folder: lower-case letters, digits and dashes."
  }
}

variable "products_table" {
  description = "Name and ARN of the products table: place_order prices from it through the catalogue's use case."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.products_table.arn))
    error_message = "products_table.arn must be the ARN of a DynamoDB table."
  }
}

variable "reservations_table" {
  description = "Name and ARN of the reservations table: shipments and returns are remembered there, through the catalogue's use case."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.reservations_table.arn))
    error_message = "reservations_table.arn must be the ARN of a DynamoDB table."
  }
}

variable "stock_table" {
  description = "Name and ARN of the stock table: shipments and returns move units there, through the catalogue's use case."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.stock_table.arn))
    error_message = "stock_table.arn must be the ARN of a DynamoDB table."
  }
}

variable "refunds" {
  description = "What giving money back needs, from the payments module: the payments table, and the settings and rights of whoever asks the provider."
  type = object({
    payments_table = object({ name = string, arn = string })
    environment    = map(string)
    statements     = list(object({ sid = string, actions = list(string), resources = list(string) }))
  })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.refunds.payments_table.arn))
    error_message = "refunds.payments_table.arn must be the ARN of a DynamoDB table."
  }
  validation {
    condition     = contains(keys(var.refunds.environment), "PAYMENT_PROVIDER") && length(setsubtract(keys(var.refunds.environment), ["PAYMENT_PROVIDER", "STRIPE_SECRET_ARN", "STRIPE_API_BASE"])) == 0
    error_message = "refunds.environment must name the provider, and hold nothing but its settings."
  }
}

variable "step_function_arns" {
  description = "ARNs of the functions that the workflows invoke."
  type = object({
    reserve_stock        = string
    release_stock        = string
    refund_payment       = string
    find_payment_outcome = string
  })

  validation {
    condition     = alltrue([for arn in values(var.step_function_arns) : can(regex("^arn:[^:]+:lambda:", arn))])
    error_message = "step_function_arns must be ARNs of Lambda functions."
  }
}

variable "payment_state_machine_arn" {
  description = "ARN of the payment machine that order_processing starts; not its alias, which the emulator cannot nest."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:states:[^:]*:[^:]*:stateMachine:[^:]+$", var.payment_state_machine_arn))
    error_message = "payment_state_machine_arn must be the ARN of a state machine, without version or alias."
  }
}

variable "state_machine_tracing_enabled" {
  description = "Whether executions of the workflows are traced."
  type        = bool

  validation {
    condition     = var.state_machine_tracing_enabled != null
    error_message = "state_machine_tracing_enabled must be true or false."
  }
}

variable "order_generator" {
  description = "Sample orders: \"off\" (no function), \"manual\" (whoever may invoke it) or \"scheduled\" (every five minutes as well)."
  type        = string
  default     = "off"

  validation {
    condition     = contains(["off", "manual", "scheduled"], var.order_generator)
    error_message = "order_generator must be off, manual or scheduled."
  }
  validation {
    condition     = var.order_generator == "off" || var.default_payment_token != ""
    error_message = "order_generator needs a default_payment_token: sample orders bring none."
  }
}

variable "review_threshold" {
  description = "Orders of this total or more, in minor units, wait for a person before they are charged; 0 asks nobody."
  type        = number
  default     = 0

  validation {
    condition     = var.review_threshold >= 0 && floor(var.review_threshold) == var.review_threshold
    error_message = "review_threshold must be a whole number of minor units, such as 100000 for 1,000.00 EUR, or 0."
  }
}

variable "review_deadline_seconds" {
  description = "How long a person has to decide about an order that is held; then it is rejected."
  type        = number
  default     = 86400

  # order_processing's own timeout outlasts the longest of them.
  validation {
    condition     = var.review_deadline_seconds >= 60 && var.review_deadline_seconds <= 604800 && floor(var.review_deadline_seconds) == var.review_deadline_seconds
    error_message = "review_deadline_seconds must be a whole number from 60 (a minute) to 604800 (a week)."
  }
}
