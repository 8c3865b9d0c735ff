variable "cursor_secret_arn" {
  description = "ARN of the secret that signs the cursors of lists."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:secretsmanager:", var.cursor_secret_arn))
    error_message = "cursor_secret_arn must be the ARN of a Secrets Manager secret."
  }
}

variable "audit_trail_table" {
  description = "Name and ARN of the append-only table that tells who changed what."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.audit_trail_table.arn))
    error_message = "audit_trail_table.arn must be the ARN of a DynamoDB table."
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

variable "api_url" {
  description = "Where agents reach the API, in the discovery document; {apiId} and {stage} are filled in by the function, since the API is made after it."
  type        = string

  validation {
    condition     = can(regex("^https?://[^/ ]+(/[^ ]*)?$", var.api_url)) && !endswith(var.api_url, "/")
    error_message = "api_url must be an http or https URL that does not end with a slash."
  }
}

variable "client_keys_table" {
  description = "Name and ARN of the client keys table: each request of an agent is counted there."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.client_keys_table.arn))
    error_message = "client_keys_table.arn must be the ARN of a DynamoDB table."
  }
}

variable "currency" {
  description = "ISO 4217 code of the currency the shop sells in."
  type        = string

  validation {
    condition     = can(regex("^[A-Z]{3}$", var.currency))
    error_message = "currency must be an ISO 4217 code, such as EUR."
  }
}

variable "idempotency_table" {
  description = "Name and ARN of the idempotency table: the first answer of each request is kept there for its repeats."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.idempotency_table.arn))
    error_message = "idempotency_table.arn must be the ARN of a DynamoDB table."
  }
}

variable "mode" {
  description = "How closely agents are held to the protocol: strict (to the letter of its schemas), standard, or lenient, which takes requests without key, version and Idempotency-Key."
  type        = string

  validation {
    condition     = contains(["strict", "standard", "lenient"], var.mode)
    error_message = "mode must be strict, standard or lenient."
  }
}

variable "order_queue" {
  description = "ARN and URL of the order queue: a placed order is queued for its workflow there."
  type        = object({ arn = string, url = string })

  validation {
    condition     = can(regex("^arn:[^:]+:sqs:", var.order_queue.arn))
    error_message = "order_queue.arn must be the ARN of an SQS queue."
  }
}

variable "order_topic_arns" {
  description = "ARNs of the topics that tell what becomes of orders, by a name: sessions follow the orders placed for them."
  type        = map(string)

  validation {
    condition     = length(var.order_topic_arns) <= 2 && alltrue([for arn in values(var.order_topic_arns) : can(regex("^arn:[^:]+:sns:", arn))])
    error_message = "order_topic_arns must hold the ARNs of at most two SNS topics."
  }
}

variable "orders_table" {
  description = "Name and ARN of the orders table: an order begins there in the transaction that completes its session."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.orders_table.arn))
    error_message = "orders_table.arn must be the ARN of a DynamoDB table."
  }
}

variable "payment_provider" {
  description = "Who charges the buyer, as sessions tell agents: sandbox or stripe."
  type        = string

  validation {
    condition     = contains(["sandbox", "stripe"], var.payment_provider)
    error_message = "payment_provider must be sandbox or stripe."
  }
}

variable "payment_vault" {
  description = "Whether there is a vault of test cards, POST /agentic_commerce/delegate_payment."
  type        = bool
  default     = false

  validation {
    condition     = var.payment_vault != null
    error_message = "payment_vault must be true or false."
  }
}

variable "price_tables" {
  description = "Folder of src/orderflow/checkout/pricing/tables with the tables of shipping and tax."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]+$", var.price_tables))
    error_message = "price_tables must be the name of a folder: lower-case letters, digits and dashes."
  }
}

variable "products_table" {
  description = "Name and ARN of the products table: prices are read from it, through the catalogue's use case."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.products_table.arn))
    error_message = "products_table.arn must be the ARN of a DynamoDB table."
  }
}

variable "session_seconds" {
  description = "How long an agent has to complete a session, from its beginning."
  type        = number

  validation {
    condition     = var.session_seconds >= 60 && var.session_seconds <= 604800 && floor(var.session_seconds) == var.session_seconds
    error_message = "session_seconds must be a whole number from 60 to 604800, a week."
  }
}

variable "shop_url" {
  description = "Where the shop's own pages are: its terms, and the page of each order."
  type        = string

  validation {
    condition     = can(regex("^https?://[^/ ]+(/[^ ]*)?$", var.shop_url)) && !endswith(var.shop_url, "/")
    error_message = "shop_url must be an http or https URL that does not end with a slash."
  }
}

variable "stock_table" {
  description = "Name and ARN of the stock table: what is available is read from it, through the catalogue's use case."
  type        = object({ name = string, arn = string })

  validation {
    condition     = can(regex("^arn:[^:]+:dynamodb:", var.stock_table.arn))
    error_message = "stock_table.arn must be the ARN of a DynamoDB table."
  }
}
