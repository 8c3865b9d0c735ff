locals {
  # Missed, it ends a wait that nobody looks after. The sweeper looks at each open order every 20 minutes at most, so an
  # hour forgives two looks that failed; longer deadlines forgive a longer outage.
  review_heartbeat_seconds = min(var.review_deadline_seconds - 1, max(3600, floor(var.review_deadline_seconds / 4)))
}

# For the shop's people only: customers hear of their orders by the other two.
module "order_review_topic" {
  source = "../topic"

  name        = "${var.platform.name_prefix}-order-review"
  account_id  = var.platform.account_id
  kms_key_arn = var.platform.kms_key_arn
}

module "request_review" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "orders"
  operation       = "request_review"
  description     = "Step of order_processing: holds an order until a person has looked at it."
  timeout_seconds = 30

  environment = {
    ORDERS_TABLE           = module.orders_table.name
    ORDER_REVIEW_TOPIC_ARN = module.order_review_topic.arn
    AUDIT_TRAIL_TABLE      = var.audit_trail_table.name
  }

  statements = [
    {
      sid       = "HoldTheOrderAndKeepTheToken"
      actions   = ["dynamodb:UpdateItem"]
      resources = [module.orders_table.arn]
    },
    {
      sid       = "AskForAReview"
      actions   = ["sns:Publish"]
      resources = [module.order_review_topic.arn]
    },
    local.tell_the_trail,
  ]
}

module "review_order" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "orders"
  operation   = "review_order"
  description = "POST /orders/{orderId}/review: approves or rejects an order that is held, once."

  environment = {
    ORDERS_TABLE      = module.orders_table.name
    AUDIT_TRAIL_TABLE = var.audit_trail_table.name
  }

  statements = [
    {
      sid       = "ReadTheOrderAndDecideAboutIt"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.orders_table.arn]
    },
    {
      sid       = "TellTheWorkflowThatWaits"
      actions   = ["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"]
      resources = [module.order_processing.arn]
    },
    local.tell_the_trail,
  ]
}
