locals {
  # A change is told in the transaction that makes it.
  tell_the_trail = {
    sid       = "TellTheAuditTrail"
    actions   = ["dynamodb:PutItem"]
    resources = [var.audit_trail_table.arn]
  }
}

module "place_order" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "orders"
  operation   = "place_order"
  description = "POST /orders: prices, stores and queues an order."

  environment = {
    ORDERS_TABLE          = module.orders_table.name
    IDEMPOTENCY_TABLE     = module.idempotency_table.name
    ORDER_QUEUE_URL       = module.order_queue.url
    PRODUCTS_TABLE        = var.products_table.name
    CURRENCY              = var.currency
    DEFAULT_PAYMENT_TOKEN = var.default_payment_token
    AUDIT_TRAIL_TABLE     = var.audit_trail_table.name
  }

  statements = [
    {
      sid       = "PriceFromTheCatalogue"
      actions   = ["dynamodb:BatchGetItem"]
      resources = [var.products_table.arn]
    },
    {
      sid       = "StoreTheOrderAndReadItsStatusForARepeatedRequest"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = [module.orders_table.arn]
    },
    {
      sid       = "AnswerARepeatedRequestOnce"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = [module.idempotency_table.arn]
    },
    {
      sid       = "QueueTheOrder"
      actions   = ["sqs:SendMessage"]
      resources = [module.order_queue.arn]
    },
    local.tell_the_trail,
  ]
}

module "list_orders" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "orders"
  operation   = "list_orders"
  description = "GET /orders: a customer's orders, newest first."

  environment = {
    ORDERS_TABLE      = module.orders_table.name
    CURSOR_SECRET_ARN = var.cursor_secret_arn
  }

  statements = [
    {
      sid       = "ListACustomersOrders"
      actions   = ["dynamodb:Query"]
      resources = [module.orders_table.index_arns["by-user"]]
    },
    {
      sid       = "SignAndVerifyCursors"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [var.cursor_secret_arn]
    },
  ]
}

module "get_order" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "orders"
  operation   = "get_order"
  description = "GET /orders/{orderId}: one order with its history."
  environment = { ORDERS_TABLE = module.orders_table.name }

  statements = [
    {
      sid       = "ReadTheOrder"
      actions   = ["dynamodb:GetItem"]
      resources = [module.orders_table.arn]
    },
  ]
}

module "update_order" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "orders"
  operation   = "update_order"
  description = "PUT /orders/{orderId}: another address, as long as nothing is shipped."

  environment = {
    ORDERS_TABLE      = module.orders_table.name
    AUDIT_TRAIL_TABLE = var.audit_trail_table.name
    PRICE_TABLES      = var.price_tables
  }

  statements = [
    {
      sid       = "ReadTheOrderAndChangeItsAddress"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.orders_table.arn]
    },
    local.tell_the_trail,
  ]
}

module "cancel_order" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "orders"
  operation   = "cancel_order"
  description = "POST /orders/{orderId}/cancel and DELETE /orders/{orderId}: cancels an order, once."

  environment = {
    ORDERS_TABLE                   = module.orders_table.name
    CANCELLATION_STATE_MACHINE_ARN = module.order_cancellation.live_arn
    AUDIT_TRAIL_TABLE              = var.audit_trail_table.name
  }

  statements = [
    {
      sid       = "ReadTheOrderAndCancelIt"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.orders_table.arn]
    },
    {
      sid       = "StartTheLiveCancellation"
      actions   = ["states:StartExecution"]
      resources = [module.order_cancellation.live_arn]
    },
    {
      sid       = "EndTheWaitForAReview"
      actions   = ["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"]
      resources = [module.order_processing.arn]
    },
    local.tell_the_trail,
  ]
}
