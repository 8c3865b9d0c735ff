locals {
  package = "${var.platform.dist_dir}/${var.operation}.zip"
  name    = "${var.platform.name_prefix}-${replace(var.operation, "_", "-")}"

  # What every function gets; orderflow.runtime.settings reads it.
  common_environment = {
    CORS_ALLOW_ORIGINS           = join(",", var.platform.cors_allow_origins)
    LOG_LEVEL                    = var.platform.log_level
    POWERTOOLS_SERVICE_NAME      = var.context
    POWERTOOLS_METRICS_NAMESPACE = var.platform.metrics_namespace
    POWERTOOLS_TRACE_DISABLED    = tostring(!var.platform.tracing_enabled)
    SERVICE_VERSION              = var.platform.service_version
  }
}

# Before the function: a function that makes its own group makes it without key and retention.
resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:Retention is the environment's decision (log_retention_days): a year in prod, days where people only try things.
  name              = "/aws/lambda/${local.name}"
  retention_in_days = var.platform.log_retention_days
  kms_key_id        = var.platform.kms_key_arn
}

# By way of S3, because the provider makes functions with a local file strictly one after the other, 5 s each.
resource "aws_s3_object" "package" {
  bucket      = var.platform.packages_bucket
  key         = "${var.operation}.zip"
  source      = local.package
  source_hash = filebase64sha256(local.package)
  kms_key_id  = var.platform.kms_key_arn
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_117:The function talks to regional AWS endpoints only; a VPC would add cost and cold start and protect nothing.
  #checkov:skip=CKV_AWS_272:The zips are built reproducibly and their hashes are in the plan; code signing would need a signing job no environment has.
  function_name = local.name
  description   = var.description
  role          = aws_iam_role.this.arn

  s3_bucket        = aws_s3_object.package.bucket
  s3_key           = aws_s3_object.package.key
  source_code_hash = filebase64sha256(local.package)
  handler          = "handlers.${var.context}.${var.operation}.handler"
  runtime          = var.platform.runtime
  architectures    = [var.platform.architecture]

  memory_size                    = var.memory_mb
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = lookup(var.platform.reserved_concurrency, var.operation, -1)
  kms_key_arn                    = var.platform.kms_key_arn

  environment {
    variables = merge(local.common_environment, var.environment)
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.this.name
    application_log_level = var.platform.log_level == "WARNING" ? "WARN" : var.platform.log_level
    system_log_level      = "WARN"
  }

  tracing_config {
    mode = var.platform.tracing_enabled ? "Active" : "PassThrough"
  }

  dynamic "dead_letter_config" {
    for_each = var.dead_letter_queue_arn == null ? [] : [var.dead_letter_queue_arn]

    content {
      target_arn = dead_letter_config.value
    }
  }

  # Without the policy the first invocations could neither log nor reach a table.
  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.this]
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  count = var.platform.alarms_enabled ? 1 : 0

  alarm_name          = "${local.name}-errors"
  alarm_description   = "The function ${local.name} failed at least once in five minutes. Runbook: docs/runbooks/function-errors.md"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.this.function_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.platform.alarm_topic_arn]
  ok_actions          = [var.platform.alarm_topic_arn]
}
