locals {
  name = "${var.platform.name_prefix}-${var.name}-dlq"
  # Known before the queue exists, so the policy is part of its creation and not a second step (25 s of the provider's own waiting).
  arn = "arn:${var.platform.partition}:sqs:${var.platform.region}:${var.platform.account_id}:${local.name}"
}

resource "aws_sqs_queue" "this" {
  name                              = local.name
  message_retention_seconds         = 1209600 # 14 days, the most SQS keeps: time for a person to look
  kms_master_key_id                 = var.platform.kms_key_arn
  kms_data_key_reuse_period_seconds = 300

  redrive_allow_policy = length(var.source_queue_arns) == 0 ? jsonencode({
    redrivePermission = "denyAll"
    }) : jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = var.source_queue_arns
  })

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "RefuseWhatIsNotEncryptedInTransit"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = local.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_cloudwatch_metric_alarm" "not_empty" {
  count = var.platform.alarms_enabled ? 1 : 0

  alarm_name          = "${local.name}-not-empty"
  alarm_description   = "Something could not be processed and waits in ${local.name}. Runbook: docs/runbooks/dead-letters.md"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.this.name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.platform.alarm_topic_arn]
  ok_actions          = [var.platform.alarm_topic_arn]
}
