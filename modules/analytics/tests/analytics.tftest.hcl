mock_provider "aws" {
  source          = "../../tests/terraform/mocks"
  override_during = plan
}

variables {
  platform = {
    name_prefix          = "orderflow-test"
    partition            = "aws"
    region               = "eu-central-1"
    account_id           = "123456789012"
    kms_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/test"
    dist_dir             = "../../tests/terraform/packages"
    packages_bucket      = "orderflow-test-packages"
    runtime              = "python3.13"
    architecture         = "arm64"
    log_level            = "INFO"
    log_retention_days   = 30
    service_version      = "1.2.3"
    metrics_namespace    = "Orderflow"
    reserved_concurrency = {}
    cors_allow_origins   = ["https://shop.example.com"]
    tracing_enabled      = false
    alarms_enabled       = true
    alarm_topic_arn      = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-alarms"
    deletion_protection  = true
  }

  currency = "EUR"

  feedback_table = {
    arn        = "arn:aws:dynamodb:eu-central-1:123456789012:table/feedback"
    stream_arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/feedback/stream/2026-01-02T03:04:05.678"
  }

  orders_table = {
    arn        = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
    stream_arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-02T03:04:05.678"
  }
}

override_resource {
  target          = module.analytics_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/analytics"
    name = "orderflow-test-analytics"
  }
}

override_resource {
  target          = module.change_queue.aws_sqs_queue.this
  override_during = plan
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-order-changes"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/orderflow-test-order-changes"
  }
}

override_resource {
  target          = module.change_queue.module.dead_letters.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-order-changes-dlq" }
}

override_resource {
  target          = module.forward_changes.aws_lambda_function.this
  override_during = plan
  values          = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:forward" }
}

override_resource {
  target          = module.count_changes.aws_lambda_function.this
  override_during = plan
  values          = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:count" }
}

run "the_stream_is_emptied_into_the_queue_by_a_function_that_may_nothing_else" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.forward_changes.policy).Statement : s.Sid => [s.Action, s.Resource] if s.Sid != "WriteItsOwnLog" } == {
      ReadTheStreamOfOrders   = [["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-02T03:04:05.678"]]
      FindTheStreamOfOrders   = [["dynamodb:ListStreams"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/*"]]
      ReadTheStreamOfFeedback = [["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/feedback/stream/2026-01-02T03:04:05.678"]]
      FindTheStreamOfFeedback = [["dynamodb:ListStreams"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/feedback/stream/*"]]
      QueueWhatChanged        = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-order-changes"]]
      SayWhatWasGivenUp       = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-order-changes-dlq"]]
    }
    error_message = "Whoever reads the stream may queue, and neither read nor write a table."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.orders_stream.event_source_arn == var.orders_table.stream_arn && aws_lambda_event_source_mapping.orders_stream.function_name == "arn:aws:lambda:eu-central-1:123456789012:function:forward"
    error_message = "The stream must call forward_changes."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.feedback_stream.event_source_arn == var.feedback_table.stream_arn && aws_lambda_event_source_mapping.feedback_stream.function_name == "arn:aws:lambda:eu-central-1:123456789012:function:forward"
    error_message = "The stream of feedback must call forward_changes, too."
  }
  assert {
    condition     = alltrue([for each in [aws_lambda_event_source_mapping.orders_stream, aws_lambda_event_source_mapping.feedback_stream] : each.starting_position == "TRIM_HORIZON"])
    error_message = "What was written between the stream's creation and the mapping's must be counted, too."
  }
  assert {
    condition     = alltrue([for each in [aws_lambda_event_source_mapping.orders_stream, aws_lambda_event_source_mapping.feedback_stream] : each.bisect_batch_on_function_error])
    error_message = "A record that breaks the function must not keep a whole batch from being counted."
  }
  assert {
    condition = alltrue([
      for each in [aws_lambda_event_source_mapping.orders_stream, aws_lambda_event_source_mapping.feedback_stream] :
      each.maximum_record_age_in_seconds == 43200 && each.destination_config[0].on_failure[0].destination_arn == "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-order-changes-dlq"
    ])
    error_message = "What fails for half a day must be given up and be among the dead letters while the stream still has it."
  }
  assert {
    condition     = alltrue([for each in [aws_lambda_event_source_mapping.orders_stream, aws_lambda_event_source_mapping.feedback_stream] : each.maximum_batching_window_in_seconds == 10 && each.batch_size == 500])
    error_message = "What an order goes through within seconds must cost one invocation."
  }
}

run "changes_are_counted_in_batches_that_fail_one_by_one_and_seldom_meet" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.count_changes.policy).Statement : s.Sid => [s.Action, s.Resource] if s.Sid != "WriteItsOwnLog" } == {
      ConsumeTheQueueOfChanges       = [["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-order-changes"]]
      ReadWhatIsCountedAlready       = [["dynamodb:BatchGetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/analytics"]]
      WriteLedgerAndCountersTogether = [["dynamodb:PutItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/analytics"]]
    }
    error_message = "Counting needs no table but its own."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.change_queue.event_source_arn == module.change_queue.arn && aws_lambda_event_source_mapping.change_queue.function_name == "arn:aws:lambda:eu-central-1:123456789012:function:count"
    error_message = "The queue must call count_changes."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.change_queue.function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "What was counted must not come back because another message failed."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.change_queue.batch_size == 100 && one(aws_lambda_event_source_mapping.change_queue.scaling_config).maximum_concurrency == 2
    error_message = "All write the row of today: batches must be large and few."
  }
}

run "reading_figures_queries_and_changes_nothing" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.get_analytics.policy).Statement : s.Sid => [s.Action, s.Resource] if s.Sid != "WriteItsOwnLog" } == {
      ReadTheFiguresOfSomeDays = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/analytics"]]
      ReadWhatSoldMostOnADay   = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/analytics/index/by-units"]]
    }
    error_message = "GET /analytics may query the counters, and neither scan nor write."
  }
}

run "whoever_is_on_call_hears_when_figures_fall_behind" {
  command = plan

  assert {
    condition = { for key, alarm in aws_cloudwatch_metric_alarm.behind : key => [alarm.namespace, alarm.metric_name, alarm.threshold] } == {
      stream = ["AWS/Lambda", "IteratorAge", 900000]
      queue  = ["AWS/SQS", "ApproximateAgeOfOldestMessage", 900]
    }
    error_message = "Both ways to the counters are watched, a quarter of an hour each, in their own units."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.behind : alarm.alarm_actions == toset([var.platform.alarm_topic_arn]) && endswith(alarm.alarm_description, "docs/runbooks/analytics-behind.md")])
    error_message = "An alarm must tell somebody, and what to do."
  }
}

run "without_alarms_there_are_none" {
  command = plan

  variables {
    platform = {
      name_prefix          = "orderflow-test"
      partition            = "aws"
      region               = "eu-central-1"
      account_id           = "123456789012"
      kms_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/test"
      dist_dir             = "../../tests/terraform/packages"
      packages_bucket      = "orderflow-test-packages"
      runtime              = "python3.13"
      architecture         = "arm64"
      log_level            = "INFO"
      log_retention_days   = 30
      service_version      = "1.2.3"
      metrics_namespace    = "Orderflow"
      reserved_concurrency = {}
      cors_allow_origins   = ["https://shop.example.com"]
      tracing_enabled      = false
      alarms_enabled       = false
      alarm_topic_arn      = ""
      deletion_protection  = false
    }
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.behind) == 0
    error_message = "An environment without alarms must have none of these."
  }
}

run "a_table_that_is_no_table_is_refused" {
  command = plan

  variables {
    orders_table = {
      arn        = "orders"
      stream_arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-02T03:04:05.678"
    }
  }

  expect_failures = [var.orders_table]
}

run "a_table_without_stream_is_refused" {
  command = plan

  variables {
    orders_table = {
      arn        = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
      stream_arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
    }
  }

  expect_failures = [var.orders_table]
}

run "a_feedback_table_that_is_no_table_is_refused" {
  command = plan

  variables {
    feedback_table = {
      arn        = "feedback"
      stream_arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/feedback/stream/2026-01-02T03:04:05.678"
    }
  }

  expect_failures = [var.feedback_table]
}

run "a_feedback_table_without_stream_is_refused" {
  command = plan

  variables {
    feedback_table = {
      arn        = "arn:aws:dynamodb:eu-central-1:123456789012:table/feedback"
      stream_arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/feedback"
    }
  }

  expect_failures = [var.feedback_table]
}

run "a_currency_that_is_none_is_refused" {
  command = plan

  variables {
    currency = "euro"
  }

  expect_failures = [var.currency]
}
