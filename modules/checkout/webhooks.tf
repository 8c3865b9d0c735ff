locals {
  publish_checkout_events_timeout_seconds = 60
  take_order_updates_timeout_seconds      = 30
  # A receiver has ten seconds; what else an attempt does fits into the rest, and 60 seconds after its beginning another may.
  send_webhooks_timeout_seconds = 30

  deliveries_environment = { WEBHOOK_DELIVERIES_TABLE = module.webhook_deliveries_table.name }
  attempts_environment   = { WEBHOOK_ATTEMPTS_QUEUE_URL = module.webhook_attempts.url }
  checkout_events_name   = "${var.platform.name_prefix}-checkout-events"
}

module "checkout_events" {
  source = "../topic"

  name        = local.checkout_events_name
  account_id  = var.platform.account_id
  kms_key_arn = var.platform.kms_key_arn
}

# An event that comes before the one before it is handed out again until that was taken: for an hour.
module "order_updates" {
  source = "../queue"

  platform                 = var.platform
  name                     = "order-updates"
  consumer_timeout_seconds = local.take_order_updates_timeout_seconds
  max_receives             = 20
  subscribed_topic_arns    = ["arn:${var.platform.partition}:sns:${var.platform.region}:${var.platform.account_id}:${local.checkout_events_name}"]
}

# To a queue SNS tries for 23 days (docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html): no redrive policy.
resource "aws_sns_topic_subscription" "order_updates" {
  topic_arn            = module.checkout_events.arn
  protocol             = "sqs"
  endpoint             = module.order_updates.arn
  raw_message_delivery = true
}

# What of the stream nobody can read, and where in the stream something failed for half a day.
module "checkout_stream_dead_letters" {
  source = "../dead_letter_queue"

  platform = var.platform
  name     = "checkout-stream"
}

module "publish_checkout_events" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "checkout"
  operation       = "publish_checkout_events"
  description     = "Reads the stream of checkout sessions: what happened to their orders is told on a topic."
  timeout_seconds = local.publish_checkout_events_timeout_seconds
  environment = {
    CHECKOUT_EVENTS_TOPIC_ARN = module.checkout_events.arn
    CHECKOUT_SESSIONS_TABLE   = module.sessions_table.name
    DEAD_LETTER_QUEUE_URL     = module.checkout_stream_dead_letters.url
  }

  # docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html, DynamoDBStreamReadPolicy
  statements = [
    {
      sid       = "ReadTheStreamOfSessions"
      actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
      resources = [module.sessions_table.stream_arn]
    },
    {
      sid       = "FindTheStreamOfSessions"
      actions   = ["dynamodb:ListStreams"]
      resources = ["${module.sessions_table.arn}/stream/*"]
    },
    {
      sid       = "LookAtWhatWasBefore"
      actions   = ["dynamodb:Query"]
      resources = [module.sessions_table.arn]
    },
    {
      sid       = "TellWhatHappenedToAnOrder"
      actions   = ["sns:Publish"]
      resources = [module.checkout_events.arn]
    },
    {
      sid       = "SetAsideWhatCannotBeRead"
      actions   = ["sqs:SendMessage"]
      resources = [module.checkout_stream_dead_letters.arn]
    },
  ]
}

# What cannot be read the function sets aside. Whatever else fails is tried again, halves first, for half of the 24 hours
# that the stream keeps it: no number of retries would tell an outage from a defect. After that Lambda lets go of it, says
# where it is found, and a person has the other half. No partial answers: with one, the records behind the one that fails
# would be given up together with it (docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html).
resource "aws_lambda_event_source_mapping" "sessions_stream" {
  event_source_arn               = module.sessions_table.stream_arn
  function_name                  = module.publish_checkout_events.arn
  starting_position              = "TRIM_HORIZON"
  batch_size                     = 100
  bisect_batch_on_function_error = true
  maximum_record_age_in_seconds  = 43200

  destination_config {
    on_failure {
      destination_arn = module.checkout_stream_dead_letters.arn
    }
  }
}

module "take_order_updates" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "checkout"
  operation       = "take_order_updates"
  description     = "Consumes order events: each is kept for the endpoints of its client, behind the events before it."
  timeout_seconds = local.take_order_updates_timeout_seconds
  environment     = merge(local.endpoints_environment, local.deliveries_environment, local.attempts_environment)

  statements = [
    {
      sid       = "ConsumeOrderUpdates"
      actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      resources = [module.order_updates.arn]
    },
    {
      sid       = "FindTheEndpointsOfAClient"
      actions   = ["dynamodb:Query"]
      resources = [module.webhook_endpoints_table.index_arns["of-client"]]
    },
    {
      sid       = "KeepAnEventAndItsPlaceInTheLane"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = [module.webhook_deliveries_table.arn]
    },
    {
      sid       = "QueueTheAttempt"
      actions   = ["sqs:SendMessage"]
      resources = [module.webhook_attempts.arn]
    },
  ]
}

resource "aws_lambda_event_source_mapping" "order_updates" {
  event_source_arn        = module.order_updates.arn
  function_name           = module.take_order_updates.arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]
}

# What is lost here is due all the same, and found by release_webhooks.
module "webhook_attempts" {
  source = "../queue"

  platform                 = var.platform
  name                     = "webhook-attempts"
  consumer_timeout_seconds = local.send_webhooks_timeout_seconds
}

module "send_webhooks" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "checkout"
  operation       = "send_webhooks"
  description     = "Consumes attempts: sends the next event of an order to an endpoint, signed, once."
  timeout_seconds = local.send_webhooks_timeout_seconds
  environment = merge(local.endpoint_changes_environment, local.deliveries_environment, local.attempts_environment, {
    KMS_KEY_ARN = var.platform.kms_key_arn
  })

  statements = [
    {
      sid       = "ConsumeAttempts"
      actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      resources = [module.webhook_attempts.arn]
    },
    {
      sid       = "QueueTheNextAttempt"
      actions   = ["sqs:SendMessage"]
      resources = [module.webhook_attempts.arn]
    },
    {
      sid       = "ReadAndDisableTheEndpoint"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = [module.webhook_endpoints_table.arn]
    },
    {
      sid        = "DecryptTheSecretsThatSign"
      actions    = ["kms:Decrypt"]
      resources  = [var.platform.kms_key_arn]
      conditions = local.webhook_secrets_only
    },
    {
      sid       = "ReadLanesAndGatesAndRecordEachAttempt"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = [module.webhook_deliveries_table.arn]
    },
    local.tell_the_trail,
  ]
}

# One at a time for each function: a batch would wait for the slowest receiver in it.
resource "aws_lambda_event_source_mapping" "webhook_attempts" {
  event_source_arn        = module.webhook_attempts.arn
  function_name           = module.send_webhooks.arn
  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 50
  }
}

# Scheduler invokes asynchronously: what fails for good would be gone without a dead letter.
module "scheduled_webhooks_dead_letters" {
  source = "../dead_letter_queue"

  platform = var.platform
  name     = "scheduled-webhooks"
}

module "release_webhooks" {
  source = "../lambda_function"

  platform              = var.platform
  context               = "checkout"
  operation             = "release_webhooks"
  description           = "Every minute: webhooks that are due are queued, whatever became of their message."
  timeout_seconds       = 50 # before the next run
  dead_letter_queue_arn = module.scheduled_webhooks_dead_letters.arn
  environment           = merge(local.deliveries_environment, local.attempts_environment)

  statements = [
    {
      sid       = "FindWhatIsDue"
      actions   = ["dynamodb:Query"]
      resources = [module.webhook_deliveries_table.index_arns["due"]]
    },
    {
      sid       = "QueueTheAttempt"
      actions   = ["sqs:SendMessage"]
      resources = [module.webhook_attempts.arn]
    },
  ]
}

module "release_webhooks_schedule" {
  source = "../schedule"

  platform              = var.platform
  name                  = "release-webhooks"
  description           = "Webhooks that are due are sent, whatever became of their message."
  expression            = "rate(1 minute)"
  function_arn          = module.release_webhooks.arn
  dead_letter_queue_arn = module.scheduled_webhooks_dead_letters.arn
}

resource "aws_cloudwatch_metric_alarm" "checkout_events_behind" {
  for_each = var.platform.alarms_enabled ? {
    stream = {
      namespace   = "AWS/Lambda"
      metric      = "IteratorAge"
      dimensions  = { FunctionName = module.publish_checkout_events.function_name }
      threshold   = 900000 # milliseconds
      description = "Events of checkout sessions have waited in the stream for a quarter of an hour; it keeps them for 24 hours."
    }
    queue = {
      namespace   = "AWS/SQS"
      metric      = "ApproximateAgeOfOldestMessage"
      dimensions  = { QueueName = module.order_updates.name }
      threshold   = 900 # seconds
      description = "Order events have waited for a quarter of an hour to be taken."
    }
  } : {}

  alarm_name          = "${var.platform.name_prefix}-checkout-events-behind-${each.key}"
  alarm_description   = "${each.value.description} Runbook: docs/runbooks/webhooks-undelivered.md"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.platform.alarm_topic_arn]
  ok_actions          = [var.platform.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "webhooks_undelivered" {
  for_each = var.platform.alarms_enabled ? {
    webhooks-given-up      = { metric = "WebhooksGivenUp", description = "A webhook did not arrive within 72 hours and is given up." }
    webhook-endpoints-gone = { metric = "WebhookEndpointsGone", description = "A receiver answered 410 Gone; its endpoint is disabled." }
  } : {}

  alarm_name          = "${var.platform.name_prefix}-${each.key}"
  alarm_description   = "${each.value.description} Runbook: docs/runbooks/webhooks-undelivered.md"
  namespace           = var.platform.metrics_namespace
  metric_name         = each.value.metric
  dimensions          = { service = "checkout" } # Powertools adds it to every metric of the context's functions.
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.platform.alarm_topic_arn]
  ok_actions          = [var.platform.alarm_topic_arn]
}
