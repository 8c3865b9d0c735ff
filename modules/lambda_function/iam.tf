locals {
  own_statements = concat(
    [{
      Sid      = "WriteItsOwnLog"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
    }],
    var.platform.tracing_enabled ? [{
      Sid    = "SendTraces"
      Effect = "Allow"
      Action = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      # X-Ray has no resources to name: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
      Resource = ["*"]
    }] : [],
    var.dead_letter_queue_arn == null ? [] : [{
      Sid      = "KeepFailedEvents"
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = [var.dead_letter_queue_arn]
    }],
  )

  # jsonencode, not a policy document: the exact policy can then be asserted offline, without a provider.
  given_statements = [
    for s in var.statements : merge(
      {
        Sid      = s.sid
        Effect   = "Allow"
        Action   = s.actions
        Resource = s.resources
      },
      length(s.conditions) == 0 ? {} : {
        Condition = {
          for test in distinct(s.conditions[*].test) : test => {
            for c in s.conditions : c.variable => c.values if c.test == test
          }
        }
      },
    )
  ]
}

resource "aws_iam_role" "this" {
  name        = local.name
  description = "Role of the function ${local.name}."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "LetThisAccountsLambdaAssumeTheRole"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = var.platform.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "what-the-function-does"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.own_statements, local.given_statements)
  })
}
