locals {
  name = "${var.platform.name_prefix}-${var.name}"
  # Known before the queue exists: its dead letter queue may then name it, and its policy is part of its creation.
  arn = "arn:${var.platform.partition}:sqs:${var.platform.region}:${var.platform.account_id}:${local.name}"
}

module "dead_letters" {
  source = "../dead_letter_queue"

  platform          = var.platform
  name              = var.name
  source_queue_arns = [local.arn]
}

resource "aws_sqs_queue" "this" {
  name = local.name
  # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: at least six times the function's timeout.
  visibility_timeout_seconds        = 6 * var.consumer_timeout_seconds
  message_retention_seconds         = 345600 # 4 days
  kms_master_key_id                 = var.platform.kms_key_arn
  kms_data_key_reuse_period_seconds = 300

  redrive_policy = jsonencode({
    deadLetterTargetArn = module.dead_letters.arn
    maxReceiveCount     = var.max_receives
  })

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid       = "RefuseWhatIsNotEncryptedInTransit"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = local.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }],
      [for number, topic_arn in var.subscribed_topic_arns : {
        Sid       = ["LetTheTopicItIsSubscribedToSend", "LetTheOtherTopicSend"][number]
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = local.arn
        Condition = { ArnEquals = { "aws:SourceArn" = topic_arn }, StringEquals = { "aws:SourceAccount" = var.platform.account_id } }
      }],
    )
  })
}
