locals {
  # Longer than complete_checkout_session waits for the outcome, shorter than API Gateway waits for it (29 s).
  complete_checkout_session_timeout_seconds = 28
  follow_orders_timeout_seconds             = 30

  # What completing a session reads and may do: its own route's function, and that of the assistants' tools.
  completing_environment = merge(local.changing_environment, local.pricing_environment, {
    AUDIT_TRAIL_TABLE    = var.audit_trail_table.name
    ORDERS_TABLE         = var.orders_table.name
    ORDER_QUEUE_URL      = var.order_queue.url
    PAYMENT_TOKENS_TABLE = module.payment_tokens_table.name
  })
  completing_statements = [
    local.add_to_the_session,
    local.answer_once,
    local.look_at_the_catalogue,
    {
      sid       = "LookUpAndCountDiscountCodes"
      actions   = ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"]
      resources = [module.discounts_table.arn]
    },
    {
      sid       = "CheckAndUseThePaymentToken"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.payment_tokens_table.arn]
    },
    {
      sid       = "PlaceTheOrderAndLookAtIt"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = [var.orders_table.arn]
    },
    local.tell_the_trail,
    {
      sid       = "QueueTheOrder"
      actions   = ["sqs:SendMessage"]
      resources = [var.order_queue.arn]
    },
    local.count_requests,
  ]

  # What following an order reads and may do: the queue's consumer, and the schedule that finds what was never told.
  following_environment = {
    CHECKOUT_SESSIONS_TABLE = module.sessions_table.name
    DISCOUNTS_TABLE         = module.discounts_table.name
    ORDERS_TABLE            = var.orders_table.name
    SHOP_URL                = var.shop_url
  }
  look_at_the_order = {
    sid       = "LookAtTheOrder"
    actions   = ["dynamodb:GetItem"]
    resources = [var.orders_table.arn]
  }
  give_uses_of_codes_back = {
    sid       = "GiveUsesOfDiscountCodesBack"
    actions   = ["dynamodb:UpdateItem"]
    resources = [module.discounts_table.arn]
  }
}

module "complete_checkout_session" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "checkout"
  operation       = "complete_checkout_session"
  description     = "POST /checkout_sessions/{checkoutSessionId}/complete: an agent pays, and one order is made of its session."
  timeout_seconds = local.complete_checkout_session_timeout_seconds
  environment     = local.completing_environment
  statements      = local.completing_statements
}

# What became of an order is written to its session by whoever sees it first: the request that waits for it, or this.
module "followed_orders" {
  source = "../queue"

  platform                 = var.platform
  name                     = "followed-orders"
  consumer_timeout_seconds = local.follow_orders_timeout_seconds
  subscribed_topic_arns    = values(var.order_topic_arns)
}

# Of all orders those that a client owns. Step Functions publishes most of them, and the emulator drops its attributes: by
# the body, then.
resource "aws_sns_topic_subscription" "followed_orders" {
  for_each = var.order_topic_arns

  topic_arn            = each.value
  protocol             = "sqs"
  endpoint             = module.followed_orders.arn
  raw_message_delivery = true
  filter_policy_scope  = "MessageBody"
  filter_policy        = jsonencode({ userId = [{ prefix = "client-" }] })
}

module "follow_orders" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "checkout"
  operation       = "follow_orders"
  description     = "Consumes order events: the session that an order was placed for says what became of it."
  timeout_seconds = local.follow_orders_timeout_seconds
  environment     = local.following_environment

  statements = [
    {
      sid       = "ConsumeOrderEvents"
      actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      resources = [module.followed_orders.arn]
    },
    local.add_to_the_session,
    local.look_at_the_order,
    local.give_uses_of_codes_back,
  ]
}

resource "aws_lambda_event_source_mapping" "followed_orders" {
  event_source_arn        = module.followed_orders.arn
  function_name           = module.follow_orders.arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]
}
