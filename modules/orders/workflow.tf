module "order_completed_topic" {
  source = "../topic"

  name        = "${var.platform.name_prefix}-order-completed"
  account_id  = var.platform.account_id
  kms_key_arn = var.platform.kms_key_arn
}

module "order_failed_topic" {
  source = "../topic"

  name        = "${var.platform.name_prefix}-order-failed"
  account_id  = var.platform.account_id
  kms_key_arn = var.platform.kms_key_arn
}

module "order_processing" {
  source = "../state_machine"

  platform        = var.platform
  name            = "order-processing"
  tracing_enabled = var.state_machine_tracing_enabled

  definition = templatefile("${path.module}/../../workflows/order_processing.asl.json", {
    orders_table                      = module.orders_table.name
    reserve_stock_function_arn        = var.step_function_arns.reserve_stock
    release_stock_function_arn        = var.step_function_arns.release_stock
    find_payment_outcome_function_arn = var.step_function_arns.find_payment_outcome
    payment_state_machine_arn         = var.payment_state_machine_arn
    refund_payment_function_arn       = var.step_function_arns.refund_payment
    order_completed_topic_arn         = module.order_completed_topic.arn
    order_failed_topic_arn            = module.order_failed_topic.arn
    metrics_namespace                 = var.platform.metrics_namespace
    request_review_function_arn       = module.request_review.arn
    review_threshold                  = var.review_threshold
    review_deadline_seconds           = var.review_deadline_seconds
    review_heartbeat_seconds          = local.review_heartbeat_seconds
  })

  statements = [
    {
      sid       = "ClaimLoadAndRecordTheOrder"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.orders_table.arn]
    },
    {
      sid       = "RunTheStepsAndTheirCompensations"
      actions   = ["lambda:InvokeFunction"]
      resources = values(var.step_function_arns)
    },
    # What .sync needs: docs.aws.amazon.com/step-functions/latest/dg/stepfunctions-iam.html
    {
      sid       = "StartThePayment"
      actions   = ["states:StartExecution"]
      resources = [var.payment_state_machine_arn]
    },
    {
      sid       = "FollowAndStopThePayment"
      actions   = ["states:DescribeExecution", "states:StopExecution"]
      resources = ["${replace(var.payment_state_machine_arn, ":stateMachine:", ":execution:")}:*"]
    },
    {
      sid       = "HearOfTheEndOfThePayment"
      actions   = ["events:DescribeRule", "events:PutRule", "events:PutTargets"]
      resources = ["arn:${var.platform.partition}:events:${var.platform.region}:${var.platform.account_id}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"]
    },
    {
      sid       = "HaveAnOrderReviewed"
      actions   = ["lambda:InvokeFunction"]
      resources = [module.request_review.arn]
    },
    {
      sid       = "TellHowTheOrderEnded"
      actions   = ["sns:Publish"]
      resources = [module.order_completed_topic.arn, module.order_failed_topic.arn]
    },
    {
      sid       = "CountOrdersThatFailed"
      actions   = ["cloudwatch:PutMetricData"]
      resources = ["*"] # CloudWatch metrics have no ARN; the namespace is the narrowest there is.
      conditions = [{
        test     = "StringEquals"
        variable = "cloudwatch:namespace"
        values   = [var.platform.metrics_namespace]
      }]
    },
  ]
}

module "order_cancellation" {
  source = "../state_machine"

  platform        = var.platform
  name            = "order-cancellation"
  tracing_enabled = var.state_machine_tracing_enabled

  definition = templatefile("${path.module}/../../workflows/order_cancellation.asl.json", {
    orders_table                = module.orders_table.name
    refund_payment_function_arn = var.step_function_arns.refund_payment
    release_stock_function_arn  = var.step_function_arns.release_stock
    order_failed_topic_arn      = module.order_failed_topic.arn
    metrics_namespace           = var.platform.metrics_namespace
  })

  statements = [
    {
      sid       = "CancelLoadAndRecordTheOrder"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.orders_table.arn]
    },
    {
      sid       = "GiveBackMoneyAndStock"
      actions   = ["lambda:InvokeFunction"]
      resources = [var.step_function_arns.refund_payment, var.step_function_arns.release_stock]
    },
    {
      sid       = "TellThatTheOrderIsCancelled"
      actions   = ["sns:Publish"]
      resources = [module.order_failed_topic.arn]
    },
    {
      sid       = "CountCancellationsThatNeedAPerson"
      actions   = ["cloudwatch:PutMetricData"]
      resources = ["*"] # CloudWatch metrics have no ARN; the namespace is the narrowest there is.
      conditions = [{
        test     = "StringEquals"
        variable = "cloudwatch:namespace"
        values   = [var.platform.metrics_namespace]
      }]
    },
  ]
}

# Only what needs a person counts: a customer without money or a sold-out product is business, not an incident.
resource "aws_cloudwatch_metric_alarm" "needs_a_person" {
  for_each = var.platform.alarms_enabled ? {
    orders-failed = {
      metric      = "OrdersFailed"
      description = "An order ended FAILED, or its end could not be recorded. Runbook: docs/runbooks/orders-failed.md"
    }
    cancellations-incomplete = {
      metric      = "CancellationsIncomplete"
      description = "A cancelled order could not be given back everything it took. Runbook: docs/runbooks/cancellations-incomplete.md"
    }
    order-notices-lost = {
      metric      = "OrderNoticesLost"
      description = "An order ended, and the notice of it could not be sent. Runbook: docs/runbooks/order-notices-lost.md"
    }
  } : {}

  alarm_name          = "${var.platform.name_prefix}-${each.key}"
  alarm_description   = each.value.description
  namespace           = var.platform.metrics_namespace
  metric_name         = each.value.metric
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.platform.alarm_topic_arn]
  ok_actions          = [var.platform.alarm_topic_arn]
}
