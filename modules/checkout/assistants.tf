# One function for five tools: an assistant's calls come one after the other, so one stays warm where five would not. It may
# do what the functions of the five routes may do together, and that is what completing may.
module "serve_checkout_tools" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "checkout"
  operation       = "serve_checkout_tools"
  description     = "POST /mcp: AI assistants shop by tools, each of which is one of the checkout's routes."
  timeout_seconds = local.complete_checkout_session_timeout_seconds
  environment     = merge(local.completing_environment, { CHECKOUT_SESSION_SECONDS = var.session_seconds })
  statements      = local.completing_statements
}

# A tool's failure is a result, so the API's own 5xx do not count it.
resource "aws_cloudwatch_metric_alarm" "tools_failed" {
  count = var.platform.alarms_enabled ? 1 : 0

  alarm_name          = "${var.platform.name_prefix}-checkout-tools-failed"
  alarm_description   = "A tool of POST /mcp failed on our side five times in five minutes, in 10 of the last 15 minutes. Runbook: docs/runbooks/checkout-tools-failed.md"
  namespace           = var.platform.metrics_namespace
  metric_name         = "ToolsFailed"
  dimensions          = { service = "checkout" } # Powertools adds it to every metric of the context's functions.
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  threshold           = 5
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.platform.alarm_topic_arn]
  ok_actions          = [var.platform.alarm_topic_arn]
}
