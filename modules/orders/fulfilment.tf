# Shipments, deliveries, returns and refunds: each function may move what its route moves, and nothing else.
locals {
  movement_settings = {
    ORDERS_TABLE              = module.orders_table.name
    AUDIT_TRAIL_TABLE         = var.audit_trail_table.name
    ORDER_COMPLETED_TOPIC_ARN = module.order_completed_topic.arn
  }
  stock_settings = {
    RESERVATIONS_TABLE = var.reservations_table.name
    STOCK_TABLE        = var.stock_table.name
  }
  refund_settings = merge(
    { PAYMENTS_TABLE = var.refunds.payments_table.name, PAYMENT_PROVIDER = var.refunds.environment["PAYMENT_PROVIDER"] },
    {
      for name, value in {
        STRIPE_SECRET_ARN = lookup(var.refunds.environment, "STRIPE_SECRET_ARN", null)
        STRIPE_API_BASE   = lookup(var.refunds.environment, "STRIPE_API_BASE", null)
      } : name => value if value != null
    },
  )

  movement_statements = [
    {
      sid       = "ReadTheOrderAndRecordWhatMoves"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.orders_table.arn]
    },
    {
      sid       = "TellWhatMoved"
      actions   = ["sns:Publish"]
      resources = [module.order_completed_topic.arn]
    },
    local.tell_the_trail,
  ]
  stock_statements = [
    {
      sid       = "RememberWhatBecameOfAReservation"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [var.reservations_table.arn]
    },
    {
      sid       = "MoveItsUnits"
      actions   = ["dynamodb:UpdateItem"]
      resources = [var.stock_table.arn]
    },
  ]
  refund_statements = concat(
    [
      {
        sid       = "RecordRefundsOfAPayment"
        actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
        resources = [var.refunds.payments_table.arn]
      },
    ],
    var.refunds.statements,
  )
}

module "ship_order" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "orders"
  operation   = "ship_order"
  description = "POST /orders/{orderId}/shipments: lines, or everything that is left, leave the shop."
  environment = merge(local.movement_settings, local.stock_settings)
  statements  = concat(local.movement_statements, local.stock_statements)
}

module "deliver_order" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "orders"
  operation   = "deliver_order"
  description = "POST /orders/{orderId}/deliveries: a shipment arrived."
  environment = local.movement_settings
  statements  = local.movement_statements
}

module "return_order" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "orders"
  operation   = "return_order"
  description = "POST /orders/{orderId}/returns: lines came back, for sale again or not."
  environment = merge(local.movement_settings, local.stock_settings)
  statements  = concat(local.movement_statements, local.stock_statements)
}

module "refund_order" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "orders"
  operation       = "refund_order"
  description     = "POST /orders/{orderId}/refunds: part of what was paid is given back."
  timeout_seconds = 28 # a provider takes seconds, and API Gateway waits for 29
  environment     = merge(local.movement_settings, local.refund_settings)
  statements      = concat(local.movement_statements, local.refund_statements)
}

module "finish_movements" {
  source = "../lambda_function"

  platform              = var.platform
  context               = "orders"
  operation             = "finish_movements"
  description           = "Every five minutes: shipments, deliveries, returns and refunds left half-way are carried out."
  timeout_seconds       = 240
  dead_letter_queue_arn = module.scheduled_dead_letters.arn
  environment           = merge(local.movement_settings, local.stock_settings, local.refund_settings)

  statements = concat(local.movement_statements, local.stock_statements, local.refund_statements, [
    {
      sid       = "FindOrdersWithPendingMovements"
      actions   = ["dynamodb:Query"]
      resources = [module.orders_table.index_arns["by-open"]]
    },
  ])
}

module "finish_movements_schedule" {
  source = "../schedule"

  platform              = var.platform
  name                  = "finish-movements"
  description           = "Shipments, deliveries, returns and refunds left half-way are carried out."
  expression            = "rate(5 minutes)"
  function_arn          = module.finish_movements.arn
  dead_letter_queue_arn = module.scheduled_dead_letters.arn
}

resource "aws_cloudwatch_metric_alarm" "refunds_failed" {
  count = var.platform.alarms_enabled ? 1 : 0

  alarm_name          = "${var.platform.name_prefix}-refunds-failed"
  alarm_description   = "The payment provider refused a refund for good: the customer still waits for money. Runbook: docs/runbooks/refunds-failed.md"
  namespace           = var.platform.metrics_namespace
  metric_name         = "RefundsFailed"
  dimensions          = { service = "orders" } # Powertools adds it to every metric of the context's functions.
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.platform.alarm_topic_arn]
  ok_actions          = [var.platform.alarm_topic_arn]
}
