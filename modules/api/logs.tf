# Who asked what and how it went; no address, no body, no token, no query string.
locals {
  access_log = {
    requestId          = "$context.requestId"
    requestTime        = "$context.requestTime"
    httpMethod         = "$context.httpMethod"
    resourcePath       = "$context.resourcePath"
    status             = "$context.status"
    protocol           = "$context.protocol"
    responseLength     = "$context.responseLength"
    responseLatency    = "$context.responseLatency"
    integrationLatency = "$context.integration.latency"
    integrationStatus  = "$context.integration.status"
    errorType          = "$context.error.responseType"
    userId             = "$context.authorizer.claims.sub"
    clientKeyId        = "$context.authorizer.keyId"
    traceId            = "$context.xrayTraceId"
  }
}

resource "aws_cloudwatch_log_group" "access" {
  #checkov:skip=CKV_AWS_338:Retention is the environment's decision (log_retention_days): a year in prod, days where people only try things.
  name              = "/aws/apigateway/${var.name_prefix}-api/access"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# API Gateway would make this one itself, without key and without retention.
# docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
resource "aws_cloudwatch_log_group" "execution" {
  #checkov:skip=CKV_AWS_338:Retention is the environment's decision (log_retention_days): a year in prod, days where people only try things.
  name              = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.this.id}/${var.stage_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

# One per account and region, shared by all its APIs: the first stack of an account manages it, the others do not.
resource "aws_api_gateway_account" "this" {
  count = var.manage_account_logging_role ? 1 : 0

  cloudwatch_role_arn = aws_iam_role.logging[0].arn

  depends_on = [aws_iam_role_policy.logging]
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "logging_trust" {
  count = var.manage_account_logging_role ? 1 : 0

  statement {
    sid     = "ApiGatewayOfThisAccountWritesLogs"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "logging" {
  count = var.manage_account_logging_role ? 1 : 0

  # What AWS's managed policy for this role grants, narrowed to the log groups of API Gateway.
  statement {
    sid       = "WriteTheLogsOfApis"
    actions   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents", "logs:GetLogEvents", "logs:FilterLogEvents"]
    resources = [for group in ["API-Gateway-Execution-Logs_*", "/aws/apigateway/*"] : "arn:${data.aws_partition.current.partition}:logs:*:${data.aws_caller_identity.current.account_id}:log-group:${group}"]
  }
  statement {
    sid       = "FindTheLogGroups"
    actions   = ["logs:DescribeLogGroups"]
    resources = ["arn:${data.aws_partition.current.partition}:logs:*:${data.aws_caller_identity.current.account_id}:log-group:*"]
  }
}

resource "aws_iam_role" "logging" {
  count = var.manage_account_logging_role ? 1 : 0

  name               = "${var.name_prefix}-api-logging"
  description        = "API Gateway writes access and execution logs of this account's APIs."
  assume_role_policy = data.aws_iam_policy_document.logging_trust[0].json
}

resource "aws_iam_role_policy" "logging" {
  count = var.manage_account_logging_role ? 1 : 0

  name   = "write-logs"
  role   = aws_iam_role.logging[0].id
  policy = data.aws_iam_policy_document.logging[0].json
}
