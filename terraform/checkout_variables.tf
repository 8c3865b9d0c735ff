# What an environment decides about agents and their checkouts; everything else is in variables.tf.
variable "checkout_mode" {
  description = "How closely shopping agents are held to the checkout protocol: strict (to the letter of its schemas), standard, or lenient, which takes requests without a key and is for a developer's machine."
  type        = string
  default     = "standard"

  validation {
    condition     = contains(["strict", "standard", "lenient"], var.checkout_mode)
    error_message = "checkout_mode must be strict, standard or lenient."
  }
  validation {
    condition     = var.checkout_mode != "lenient" || var.environment == "local"
    error_message = "checkout_mode lenient lets anybody check out, and is for environment local only."
  }
}

variable "checkout_price_tables" {
  description = "Folder of src/orderflow/checkout/pricing/tables whose tables of shipping and tax price a checkout."
  type        = string
  default     = "default"

  validation {
    condition     = can(regex("^[a-z0-9-]+$", var.checkout_price_tables))
    error_message = "checkout_price_tables must be the name of a folder: lower-case letters, digits and dashes."
  }
}

variable "checkout_session_seconds" {
  description = "How long an agent has to complete a checkout session, from its beginning."
  type        = number
  default     = 3600

  validation {
    condition     = var.checkout_session_seconds >= 60 && var.checkout_session_seconds <= 604800 && floor(var.checkout_session_seconds) == var.checkout_session_seconds
    error_message = "checkout_session_seconds must be a whole number from 60 to 604800, a week."
  }
}

variable "shop_url" {
  description = "Where the shop's own pages are, without a slash at the end: sessions link to its /terms, /privacy and /returns, orders to /orders/{id}."
  type        = string
  default     = "https://shop.example.com"

  validation {
    condition     = can(regex("^https?://[^/ ]+(/[^ ]*[^/ ])?$", var.shop_url))
    error_message = "shop_url must be an http or https URL that does not end with a slash."
  }
}

variable "payment_vault" {
  description = "A vault of test cards for shopping agents, POST /agentic_commerce/delegate_payment: for environments where nobody pays with money. Never on in prod."
  type        = bool
  default     = false

  validation {
    condition     = !var.payment_vault || contains(["local", "dev"], var.environment)
    error_message = "payment_vault must be off outside local and dev: its tokens pay with test cards."
  }
}

variable "webhook_loopback_allowed" {
  description = "Whether webhooks may go to this machine itself, also by http: for the local stack only."
  type        = bool
  default     = false

  validation {
    condition     = var.webhook_loopback_allowed != null
    error_message = "webhook_loopback_allowed must be true or false."
  }
}
