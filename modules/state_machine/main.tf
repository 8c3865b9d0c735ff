locals {
  name = "${var.platform.name_prefix}-${var.name}"
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:Retention is the environment's decision (log_retention_days): a year in prod, days where people only try things.
  # AWS asks for the prefix /aws/vendedlogs/: it keeps the account's log resource policy from outgrowing its limit.
  name              = "/aws/vendedlogs/states/${local.name}"
  retention_in_days = var.platform.log_retention_days
  kms_key_id        = var.platform.kms_key_arn
}

resource "aws_sfn_state_machine" "this" {
  #checkov:skip=CKV_AWS_285:Every event is logged, its data is not: a customer's address has no business in a log.
  name       = local.name
  role_arn   = aws_iam_role.this.arn
  type       = "STANDARD"
  definition = var.definition
  publish    = true

  logging_configuration {
    level = "ALL"
    # States carry ids and small facts only, yet an address or a name has no business in a log.
    include_execution_data = false
    log_destination        = "${aws_cloudwatch_log_group.this.arn}:*"
  }

  dynamic "tracing_configuration" {
    for_each = var.tracing_enabled ? [true] : []

    content {
      enabled = true
    }
  }

  # Without the policy AWS refuses the log destination.
  depends_on = [aws_iam_role_policy.this]
}

# Callers start `live`: an execution keeps the version it started with, and going back is moving the alias.
resource "aws_sfn_alias" "live" {
  name        = "live"
  description = "What new executions of ${local.name} run."

  routing_configuration {
    state_machine_version_arn = aws_sfn_state_machine.this.state_machine_version_arn
    weight                    = 100
  }
}

# What the machine cannot catch itself: its own timeout and a forced stop.
resource "aws_cloudwatch_metric_alarm" "ended_outside" {
  for_each = var.platform.alarms_enabled ? { timed-out = "ExecutionsTimedOut", aborted = "ExecutionsAborted" } : {}

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = "An execution of ${local.name} ended ${each.key}: nothing inside it could compensate. Runbook: docs/runbooks/workflow-ended-outside.md"
  namespace           = "AWS/States"
  metric_name         = each.value
  dimensions          = { StateMachineArn = aws_sfn_state_machine.this.arn }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.platform.alarm_topic_arn]
  ok_actions          = [var.platform.alarm_topic_arn]
}
