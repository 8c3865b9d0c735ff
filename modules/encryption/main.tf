locals {
  root_arn       = "arn:${var.partition}:iam::${var.account_id}:root"
  log_groups_arn = "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group"

  # Services that use the key on behalf of the role that called them.
  services_with_data = ["dynamodb", "lambda", "s3", "secretsmanager", "sns", "sqs"]
}

# One key per environment. The policy follows AWS's own managed keys: whoever may use the table, queue or bucket may use
# the key through that service, and only so. No role therefore needs a kms statement, and none can decrypt anything by itself.
# https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
resource "aws_kms_key" "this" {
  description             = "Data at rest of ${var.name_prefix}."
  enable_key_rotation     = true
  deletion_window_in_days = var.deletion_window_days

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "LetTheAccountsAdministratorsManageTheKey"
        Effect    = "Allow"
        Principal = { AWS = local.root_arn }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "LetThisEnvironmentsRolesUseTheKeyThroughTheServicesThatHoldData"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
        Resource  = "*"
        Condition = {
          ArnLike = { "aws:PrincipalArn" = "arn:${var.partition}:iam::${var.account_id}:role/${var.name_prefix}-*" }
          StringEquals = {
            "kms:CallerAccount" = var.account_id
            "kms:ViaService"    = [for service in local.services_with_data : "${service}.${var.region}.amazonaws.com"]
          }
        }
      },
      {
        Sid       = "LetCloudWatchLogsEncryptThisEnvironmentsLogGroups"
        Effect    = "Allow"
        Principal = { Service = "logs.${var.region}.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
        Resource  = "*"
        Condition = {
          ArnLike = {
            "kms:EncryptionContext:aws:logs:arn" = [
              "${local.log_groups_arn}:*${var.name_prefix}*",
              # API Gateway names this group itself, after the API's id.
              "${local.log_groups_arn}:API-Gateway-Execution-Logs_*",
            ]
          }
        }
      },
      {
        # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html: a topic that sends to an encrypted queue.
        Sid       = "LetTopicsOfThisAccountSendToEncryptedQueues"
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
      },
      {
        Sid       = "LetAlarmsOfThisAccountPublishToTheEncryptedTopic"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
      },
    ]
  })
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name_prefix}"
  target_key_id = aws_kms_key.this.key_id
}
