locals {
  own_statements = concat(
    [{
      Sid    = "DeliverItsLog"
      Effect = "Allow"
      Action = [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
      ]
      # Log delivery has no resources to name: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
      Resource = ["*"]
    }],
    var.tracing_enabled ? [{
      Sid      = "SendTraces"
      Effect   = "Allow"
      Action   = ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      Resource = ["*"]
    }] : [],
  )

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
  description = "Role of the state machine ${local.name}."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "LetThisAccountsStepFunctionsAssumeTheRole"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.platform.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:${var.platform.partition}:states:${var.platform.region}:${var.platform.account_id}:stateMachine:${local.name}" }
      }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "what-the-machine-does"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.own_statements, local.given_statements)
  })
}
