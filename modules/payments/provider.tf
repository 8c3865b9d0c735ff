# What a function gets that asks the payment provider: `merge({...}, local.provider_environment)` and
# `concat([...], local.provider_statements)`. With the sandbox there is no secret to read, and no permission to.
locals {
  provider_environment = merge(
    { PAYMENT_PROVIDER = var.payment_provider },
    {
      for name, value in { STRIPE_SECRET_ARN = var.stripe_secret_arn, STRIPE_API_BASE = var.stripe_api_base } :
      name => value if var.payment_provider == "stripe"
    },
  )

  provider_statements = var.payment_provider != "stripe" ? [] : [
    {
      sid       = "ReadTheStripeAccountsSecret"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [var.stripe_secret_arn]
    },
  ]
}

# Always there, so that the contract is the same everywhere; without Stripe it answers 404.
module "receive_stripe_event" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "payments"
  operation       = "receive_stripe_event"
  description     = "POST /webhooks/stripe: what Stripe tells about charges, signed by Stripe."
  timeout_seconds = 15 # as long as the API waits

  environment = merge({ PAYMENTS_TABLE = module.payments_table.name }, local.provider_environment)

  statements = concat(
    [
      {
        sid       = "ReadThePaymentAndAppendTheEvent"
        actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
        resources = [module.payments_table.arn]
      },
    ],
    local.provider_statements,
  )
}

resource "aws_cloudwatch_metric_alarm" "moved_at_provider" {
  count = var.platform.alarms_enabled ? 1 : 0

  alarm_name          = "${var.platform.name_prefix}-payments-moved-at-provider"
  alarm_description   = "A dispute, a failed refund, or a refund that Orderflow did not make. Runbook: docs/runbooks/payments-moved-at-provider.md"
  namespace           = var.platform.metrics_namespace
  metric_name         = "PaymentsMovedAtProvider"
  dimensions          = { service = "payments" } # Powertools adds it to every metric of the context's functions.
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.platform.alarm_topic_arn]
  ok_actions          = [var.platform.alarm_topic_arn]
}
