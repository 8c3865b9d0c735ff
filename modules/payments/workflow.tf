module "payment" {
  source = "../state_machine"

  platform        = var.platform
  name            = "payment"
  tracing_enabled = var.state_machine_tracing_enabled

  definition = templatefile("${path.module}/../../workflows/payment.asl.json", {
    payments_table                 = module.payments_table.name
    authorize_payment_function_arn = module.authorize_payment.arn
    capture_payment_function_arn   = module.capture_payment.arn
    void_payment_function_arn      = module.void_payment.arn
    metrics_namespace              = var.platform.metrics_namespace
  })

  statements = [
    {
      sid       = "RunTheStepsAndTheirCompensation"
      actions   = ["lambda:InvokeFunction"]
      resources = [module.authorize_payment.arn, module.capture_payment.arn, module.void_payment.arn]
    },
    {
      sid       = "RecordTheCapture"
      actions   = ["dynamodb:UpdateItem"]
      resources = [module.payments_table.arn]
    },
    {
      sid       = "CountPaymentsThatAreUnsettled"
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

# Only what needs a person counts: a decline is business, not an incident.
resource "aws_cloudwatch_metric_alarm" "payments_unsettled" {
  count = var.platform.alarms_enabled ? 1 : 0

  alarm_name          = "${var.platform.name_prefix}-payments-unsettled"
  alarm_description   = "A payment failed and the provider may still hold or have taken its amount. Runbook: docs/runbooks/payments-unsettled.md"
  namespace           = var.platform.metrics_namespace
  metric_name         = "PaymentsUnsettled"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.platform.alarm_topic_arn]
  ok_actions          = [var.platform.alarm_topic_arn]
}
