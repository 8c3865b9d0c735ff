resource "aws_cloudwatch_metric_alarm" "server_errors" {
  count = var.alarms_enabled ? 1 : 0

  alarm_name          = "${var.name_prefix}-api-server-errors"
  alarm_description   = "More than 1 % of the API's answers were 5xx in 10 of the last 15 minutes. Runbook: docs/runbooks/api-server-errors.md"
  namespace           = "AWS/ApiGateway"
  metric_name         = "5XXError"
  dimensions          = { ApiName = aws_api_gateway_rest_api.this.name, Stage = var.stage_name }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  threshold           = 0.01
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  count = var.alarms_enabled ? 1 : 0

  alarm_name                            = "${var.name_prefix}-api-latency"
  alarm_description                     = "One answer in a hundred took longer than 3 s for 15 minutes. Runbook: docs/runbooks/api-latency.md"
  namespace                             = "AWS/ApiGateway"
  metric_name                           = "Latency"
  dimensions                            = { ApiName = aws_api_gateway_rest_api.this.name, Stage = var.stage_name }
  extended_statistic                    = "p99"
  evaluate_low_sample_count_percentiles = "ignore"
  period                                = 300
  evaluation_periods                    = 3
  threshold                             = 3000
  comparison_operator                   = "GreaterThanThreshold"
  treat_missing_data                    = "notBreaching"
  alarm_actions                         = [var.alarm_topic_arn]
  ok_actions                            = [var.alarm_topic_arn]
}
