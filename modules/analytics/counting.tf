locals {
  forward_changes_timeout_seconds = 60
  count_changes_timeout_seconds   = 60
  # What an order goes through within seconds is counted as one change; figures follow the orders within half a minute.
  stream_window_seconds = 10
  queue_window_seconds  = 5
  # Half of what the stream keeps: the other half is a person's.
  stream_given_up_seconds = 43200
}

# The stream keeps 24 hours, and only the queue keeps what cannot be counted: so the stream is emptied into it at once.
module "change_queue" {
  source = "../queue"

  platform                 = var.platform
  name                     = "order-changes"
  consumer_timeout_seconds = local.count_changes_timeout_seconds
  max_receives             = 5
}

module "forward_changes" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "analytics"
  operation       = "forward_changes"
  description     = "Reads the streams of orders and feedback: what changed in what is counted is queued for the counters."
  timeout_seconds = local.forward_changes_timeout_seconds
  environment     = { CHANGE_QUEUE_URL = module.change_queue.url }

  # docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html, DynamoDBStreamReadPolicy
  statements = [
    {
      sid       = "ReadTheStreamOfOrders"
      actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
      resources = [var.orders_table.stream_arn]
    },
    {
      sid       = "FindTheStreamOfOrders"
      actions   = ["dynamodb:ListStreams"]
      resources = ["${var.orders_table.arn}/stream/*"]
    },
    {
      sid       = "ReadTheStreamOfFeedback"
      actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
      resources = [var.feedback_table.stream_arn]
    },
    {
      sid       = "FindTheStreamOfFeedback"
      actions   = ["dynamodb:ListStreams"]
      resources = ["${var.feedback_table.arn}/stream/*"]
    },
    {
      sid       = "QueueWhatChanged"
      actions   = ["sqs:SendMessage"]
      resources = [module.change_queue.arn]
    },
    {
      sid       = "SayWhatWasGivenUp"
      actions   = ["sqs:SendMessage"]
      resources = [module.change_queue.dead_letter_queue_arn]
    },
  ]
}

# A record that cannot be read is queued as one that cannot be counted. Whatever else fails is tried again, halves first,
# for half of the 24 hours that the stream keeps it; then Lambda lets go of it and says so among the dead letters. A filter
# cannot compare old with new; the function leaves out what changes nothing counted.
resource "aws_lambda_event_source_mapping" "orders_stream" {
  event_source_arn                   = var.orders_table.stream_arn
  function_name                      = module.forward_changes.arn
  starting_position                  = "TRIM_HORIZON"
  batch_size                         = 500
  maximum_batching_window_in_seconds = local.stream_window_seconds
  bisect_batch_on_function_error     = true
  maximum_record_age_in_seconds      = local.stream_given_up_seconds

  destination_config {
    on_failure {
      destination_arn = module.change_queue.dead_letter_queue_arn
    }
  }
}

resource "aws_lambda_event_source_mapping" "feedback_stream" {
  event_source_arn                   = var.feedback_table.stream_arn
  function_name                      = module.forward_changes.arn
  starting_position                  = "TRIM_HORIZON"
  batch_size                         = 500
  maximum_batching_window_in_seconds = local.stream_window_seconds
  bisect_batch_on_function_error     = true
  maximum_record_age_in_seconds      = local.stream_given_up_seconds

  destination_config {
    on_failure {
      destination_arn = module.change_queue.dead_letter_queue_arn
    }
  }
}

module "count_changes" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "analytics"
  operation       = "count_changes"
  description     = "Consumes the queue of changes: counts each exactly once, a batch together."
  timeout_seconds = local.count_changes_timeout_seconds
  environment     = { ANALYTICS_TABLE = module.analytics_table.name }

  statements = [
    {
      sid       = "ConsumeTheQueueOfChanges"
      actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      resources = [module.change_queue.arn]
    },
    {
      sid       = "ReadWhatIsCountedAlready"
      actions   = ["dynamodb:BatchGetItem"]
      resources = [module.analytics_table.arn]
    },
    {
      sid       = "WriteLedgerAndCountersTogether"
      actions   = ["dynamodb:PutItem", "dynamodb:UpdateItem"]
      resources = [module.analytics_table.arn]
    },
  ]
}

# All write the row of today: two at a time, the fewest Lambda allows, seldom meet; a batch makes up for the rest.
resource "aws_lambda_event_source_mapping" "change_queue" {
  event_source_arn                   = module.change_queue.arn
  function_name                      = module.count_changes.arn
  batch_size                         = 100
  maximum_batching_window_in_seconds = local.queue_window_seconds
  function_response_types            = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 2
  }
}

resource "aws_cloudwatch_metric_alarm" "behind" {
  for_each = var.platform.alarms_enabled ? {
    stream = {
      namespace   = "AWS/Lambda"
      metric      = "IteratorAge"
      dimensions  = { FunctionName = module.forward_changes.function_name }
      threshold   = 900000 # milliseconds
      description = "Changes of orders or ratings have waited in the stream for a quarter of an hour; it keeps them for 24 hours."
    }
    queue = {
      namespace   = "AWS/SQS"
      metric      = "ApproximateAgeOfOldestMessage"
      dimensions  = { QueueName = module.change_queue.name }
      threshold   = 900 # seconds
      description = "Changes of orders or ratings have waited to be counted for a quarter of an hour."
    }
  } : {}

  alarm_name          = "${var.platform.name_prefix}-analytics-behind-${each.key}"
  alarm_description   = "${each.value.description} Runbook: docs/runbooks/analytics-behind.md"
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
