locals {
  executions_arn_prefix        = "arn:${var.platform.partition}:states:${var.platform.region}:${var.platform.account_id}:execution"
  orders_executions_arn        = "${local.executions_arn_prefix}:${module.order_processing.name}:*"
  cancellations_executions_arn = "${local.executions_arn_prefix}:${module.order_cancellation.name}:*"
}

# Scheduler invokes asynchronously: what fails for good would be gone without a dead letter.
module "scheduled_dead_letters" {
  source = "../dead_letter_queue"

  platform = var.platform
  name     = "scheduled-orders"
}

module "sweep_orders" {
  source = "../lambda_function"

  platform              = var.platform
  context               = "orders"
  operation             = "sweep_orders"
  description           = "Every five minutes: orders that stopped moving go on, or end with everything given back."
  timeout_seconds       = 240
  dead_letter_queue_arn = module.scheduled_dead_letters.arn

  environment = {
    ORDERS_TABLE                   = module.orders_table.name
    ORDER_QUEUE_URL                = module.order_queue.url
    ORDER_STATE_MACHINE_ARN        = module.order_processing.live_arn
    CANCELLATION_STATE_MACHINE_ARN = module.order_cancellation.live_arn
  }

  statements = [
    {
      sid       = "FindOpenOrders"
      actions   = ["dynamodb:Query"]
      resources = [module.orders_table.index_arns["by-open"]]
    },
    # What was bought, by whom and how it is paid is none of its business.
    {
      sid       = "ReadHowAnOrderStands"
      actions   = ["dynamodb:GetItem"]
      resources = [module.orders_table.arn]
      conditions = [
        {
          test     = "ForAllValues:StringEquals"
          variable = "dynamodb:Attributes"
          values   = ["cancellation", "checkAfter", "correlationId", "executionArn", "orderId", "review", "reviewDeadline", "reviewToken", "status", "statusReason"]
        },
        # A read that names no attributes asks for all of them, and ForAllValues is true of nothing.
        {
          test     = "Null"
          variable = "dynamodb:Attributes"
          values   = ["false"]
        },
      ]
    },
    {
      sid       = "PutTheNextLookAtAnOrderOffAndForgetATokenThatWasUsed"
      actions   = ["dynamodb:UpdateItem"]
      resources = [module.orders_table.arn]
      conditions = [{
        test     = "ForAllValues:StringEquals"
        variable = "dynamodb:Attributes"
        values   = ["checkAfter", "openGroup", "orderId", "reviewToken", "status"]
      }]
    },
    {
      sid       = "QueueAnOrderAgain"
      actions   = ["sqs:SendMessage"]
      resources = [module.order_queue.arn]
    },
    {
      sid       = "LookAtTheExecutionsOfOrdersAndOfCancellations"
      actions   = ["states:DescribeExecution"]
      resources = [local.cancellations_executions_arn, local.orders_executions_arn]
    },
    {
      sid       = "StartAFreshExecution"
      actions   = ["states:StartExecution"]
      resources = [module.order_cancellation.live_arn, module.order_processing.live_arn]
    },
    {
      sid       = "KeepAWorkflowWaitingOrTellItTheDecision"
      actions   = ["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"]
      resources = [module.order_processing.arn]
    },
  ]
}

module "sweep_orders_schedule" {
  source = "../schedule"

  platform              = var.platform
  name                  = "sweep-orders"
  description           = "Orders that stopped moving go on, or end with everything given back."
  expression            = "rate(5 minutes)"
  function_arn          = module.sweep_orders.arn
  dead_letter_queue_arn = module.scheduled_dead_letters.arn
}

resource "aws_cloudwatch_metric_alarm" "stuck_orders" {
  count = var.platform.alarms_enabled ? 1 : 0

  alarm_name          = "${var.platform.name_prefix}-stuck-orders"
  alarm_description   = "The sweeper had to repair an order that had stopped moving. Runbook: docs/runbooks/stuck-orders.md"
  namespace           = var.platform.metrics_namespace
  metric_name         = "StuckOrders"
  dimensions          = { service = "orders" } # Powertools adds it to every metric of the context's functions.
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.platform.alarm_topic_arn]
  ok_actions          = [var.platform.alarm_topic_arn]
}

module "generate_orders" {
  source = "../lambda_function"
  count  = var.order_generator == "off" ? 0 : 1

  platform              = var.platform
  context               = "orders"
  operation             = "generate_orders"
  description           = "Sample orders: by schedule, or by hand with a seed and a count."
  timeout_seconds       = 120
  dead_letter_queue_arn = module.scheduled_dead_letters.arn

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
      sid       = "FindWhatIsOnSale"
      actions   = ["dynamodb:Query"]
      resources = ["${var.products_table.arn}/index/all-by-name"]
    },
    {
      sid       = "PriceFromTheCatalogue"
      actions   = ["dynamodb:BatchGetItem"]
      resources = [var.products_table.arn]
    },
    {
      sid       = "StoreTheOrderAndReadItsStatusForARepeatedRun"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = [module.orders_table.arn]
    },
    {
      sid       = "AnswerARepeatedRunOnce"
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

module "generate_orders_schedule" {
  source = "../schedule"
  count  = var.order_generator == "scheduled" ? 1 : 0

  platform              = var.platform
  name                  = "generate-orders"
  description           = "Sample orders, seeded with the run's time."
  expression            = "rate(5 minutes)"
  function_arn          = module.generate_orders[0].arn
  input                 = { scheduledTime = "<aws.scheduler.scheduled-time>" }
  dead_letter_queue_arn = module.scheduled_dead_letters.arn
}
