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
    cors_allow_origins   = ["https://shop.example.com", "https://admin.example.com"]
    tracing_enabled      = false
    alarms_enabled       = false
    alarm_topic_arn      = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-alarms"
    deletion_protection  = true
  }

  cursor_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor"
  audit_trail_table = { name = "orderflow-test-audit-trail", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail" }

  api_url           = "https://{apiId}.execute-api.eu-central-1.amazonaws.com/{stage}"
  client_keys_table = { name = "orderflow-test-client-keys", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys" }
  currency          = "EUR"
  idempotency_table = { name = "orderflow-test-idempotency", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/idempotency" }
  mode              = "standard"
  order_queue       = { arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-orders", url = "https://sqs.eu-central-1.amazonaws.com/123456789012/orderflow-test-orders" }
  order_topic_arns  = { completed = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed", failed = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-failed" }
  orders_table      = { name = "orderflow-test-orders", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders" }
  payment_provider  = "sandbox"
  price_tables      = "default"
  products_table    = { name = "orderflow-test-products", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/products" }
  session_seconds   = 3600
  shop_url          = "https://shop.example.com"
  stock_table       = { name = "orderflow-test-stock", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/stock" }
}

override_resource {
  target          = module.webhook_endpoints_table.aws_dynamodb_table.this
  override_during = plan
  values          = { arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-endpoints", name = "orderflow-test-webhook-endpoints" }
}
override_resource {
  target          = module.webhook_deliveries_table.aws_dynamodb_table.this
  override_during = plan
  values          = { arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-deliveries", name = "orderflow-test-webhook-deliveries" }
}
override_resource {
  target          = module.sessions_table.aws_dynamodb_table.this
  override_during = plan
  values          = { arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions", name = "orderflow-test-checkout-sessions", stream_arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions/stream/1" }
}
override_resource {
  target          = module.checkout_events.aws_sns_topic.this
  override_during = plan
  values          = { arn = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-checkout-events" }
}
override_resource {
  target          = module.scheduled_webhooks_dead_letters.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-scheduled-webhooks-dlq" }
}
override_resource {
  target          = module.checkout_stream_dead_letters.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-checkout-stream-dlq", url = "https://sqs/checkout-stream-dlq" }
}
override_resource {
  target          = module.order_updates.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-order-updates", url = "https://sqs/order-updates" }
}
override_resource {
  target          = module.webhook_attempts.aws_sqs_queue.this
  override_during = plan
  values          = { arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-webhook-attempts", url = "https://sqs/webhook-attempts" }
}

run "the_publisher_reads_sessions_and_tells_the_topic" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.publish_checkout_events.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog            = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      FindTheStreamOfSessions   = [["dynamodb:ListStreams"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions/stream/*"], null]
      LookAtWhatWasBefore       = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions"], null]
      ReadTheStreamOfSessions   = [["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions/stream/1"], null]
      TellWhatHappenedToAnOrder = [["sns:Publish"], ["arn:aws:sns:eu-central-1:123456789012:orderflow-test-checkout-events"], null]
      SetAsideWhatCannotBeRead  = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-checkout-stream-dlq"], null]
    }
    error_message = "publish_checkout_events must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.publish_checkout_events.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CHECKOUT_EVENTS_TOPIC_ARN" = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-checkout-events", "CHECKOUT_SESSIONS_TABLE" = "orderflow-test-checkout-sessions", "DEAD_LETTER_QUEUE_URL" = "https://sqs/checkout-stream-dlq" }
    error_message = "publish_checkout_events must get exactly the settings its code reads."
  }
}

run "taking_an_event_sends_nothing_and_reads_no_secret" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.take_order_updates.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog                  = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      ConsumeOrderUpdates             = [["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-order-updates"], null]
      FindTheEndpointsOfAClient       = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-endpoints/index/of-client"], null]
      KeepAnEventAndItsPlaceInTheLane = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-deliveries"], null]
      QueueTheAttempt                 = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-webhook-attempts"], null]
    }
    error_message = "take_order_updates must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.take_order_updates.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "WEBHOOK_ENDPOINTS_TABLE" = "orderflow-test-webhook-endpoints", "WEBHOOK_DELIVERIES_TABLE" = "orderflow-test-webhook-deliveries", "WEBHOOK_ATTEMPTS_QUEUE_URL" = "https://sqs/webhook-attempts" }
    error_message = "take_order_updates must get exactly the settings its code reads."
  }
}

run "sending_decrypts_secrets_of_webhooks_only" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.send_webhooks.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog                        = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      ConsumeAttempts                       = [["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-webhook-attempts"], null]
      DecryptTheSecretsThatSign             = [["kms:Decrypt"], ["arn:aws:kms:eu-central-1:123456789012:key/test"], { StringEquals = { "kms:EncryptionContext:purpose" = ["webhook-signing"] } }]
      QueueTheNextAttempt                   = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-webhook-attempts"], null]
      ReadAndDisableTheEndpoint             = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-endpoints"], null]
      ReadLanesAndGatesAndRecordEachAttempt = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-deliveries"], null]
      TellTheAuditTrail                     = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"], null]
    }
    error_message = "send_webhooks must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.send_webhooks.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "WEBHOOK_ENDPOINTS_TABLE" = "orderflow-test-webhook-endpoints", "WEBHOOK_DELIVERIES_TABLE" = "orderflow-test-webhook-deliveries", "WEBHOOK_ATTEMPTS_QUEUE_URL" = "https://sqs/webhook-attempts", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "WEBHOOK_LOOPBACK_ALLOWED" = "false", "KMS_KEY_ARN" = "arn:aws:kms:eu-central-1:123456789012:key/test" }
    error_message = "send_webhooks must get exactly the settings its code reads."
  }
}

run "releasing_finds_what_is_due_and_changes_nothing" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.release_webhooks.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog   = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      FindWhatIsDue    = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-deliveries/index/due"], null]
      KeepFailedEvents = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-scheduled-webhooks-dlq"], null]
      QueueTheAttempt  = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-webhook-attempts"], null]
    }
    error_message = "release_webhooks must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.release_webhooks.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "WEBHOOK_DELIVERIES_TABLE" = "orderflow-test-webhook-deliveries", "WEBHOOK_ATTEMPTS_QUEUE_URL" = "https://sqs/webhook-attempts" }
    error_message = "release_webhooks must get exactly the settings its code reads."
  }
}

run "the_topic_feeds_the_queue_with_the_message_as_it_is" {
  command = plan

  assert {
    condition = (
      aws_sns_topic_subscription.order_updates.protocol == "sqs"
      && aws_sns_topic_subscription.order_updates.raw_message_delivery
      && aws_sns_topic_subscription.order_updates.endpoint == module.order_updates.arn
      && aws_sns_topic_subscription.order_updates.topic_arn == module.checkout_events.arn
    )
    error_message = "The queue must be subscribed, and carry events without SNS's envelope."
  }
}

run "one_slow_receiver_holds_up_no_batch_and_what_fails_is_handed_out_again" {
  command = plan

  assert {
    condition = (
      aws_lambda_event_source_mapping.webhook_attempts.batch_size == 1
      && aws_lambda_event_source_mapping.webhook_attempts.function_response_types == toset(["ReportBatchItemFailures"])
      && aws_lambda_event_source_mapping.order_updates.function_response_types == toset(["ReportBatchItemFailures"])
      && aws_lambda_event_source_mapping.sessions_stream.starting_position == "TRIM_HORIZON"
      && aws_lambda_event_source_mapping.sessions_stream.bisect_batch_on_function_error
    )
    error_message = "A batch of attempts would wait for the slowest receiver in it; a failed message must come again alone."
  }
  assert {
    condition = (
      aws_lambda_event_source_mapping.sessions_stream.maximum_record_age_in_seconds == 43200
      && aws_lambda_event_source_mapping.sessions_stream.destination_config[0].on_failure[0].destination_arn == "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-checkout-stream-dlq"
    )
    error_message = "What fails for half a day must be given up and be among the dead letters while the stream still has it."
  }
}

run "what_is_behind_or_undelivered_pages_somebody_with_a_runbook" {
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
      cors_allow_origins   = []
      tracing_enabled      = false
      alarms_enabled       = true
      alarm_topic_arn      = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-alarms"
      deletion_protection  = true
    }
  }

  assert {
    condition = toset([for alarm in concat(values(aws_cloudwatch_metric_alarm.checkout_events_behind), values(aws_cloudwatch_metric_alarm.webhooks_undelivered)) : "${alarm.alarm_name} ${alarm.metric_name} ${alarm.threshold}"]) == toset([
      "orderflow-test-checkout-events-behind-stream IteratorAge 900000",
      "orderflow-test-checkout-events-behind-queue ApproximateAgeOfOldestMessage 900",
      "orderflow-test-webhooks-given-up WebhooksGivenUp 0",
      "orderflow-test-webhook-endpoints-gone WebhookEndpointsGone 0",
    ])
    error_message = "Each way in which agents are not told must page somebody."
  }
  assert {
    condition     = [for alarm in aws_cloudwatch_metric_alarm.tools_failed : "${alarm.alarm_name} ${alarm.metric_name} ${alarm.threshold} ${strcontains(alarm.alarm_description, "docs/runbooks/checkout-tools-failed.md")}"] == ["orderflow-test-checkout-tools-failed ToolsFailed 5 true"]
    error_message = "Tools that fail on our side must page somebody: their answers are no 5xx of the API."
  }
  assert {
    condition     = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.checkout_events_behind), values(aws_cloudwatch_metric_alarm.webhooks_undelivered)) : strcontains(alarm.alarm_description, "docs/runbooks/webhooks-undelivered.md") && alarm.alarm_actions == toset(["arn:aws:sns:eu-central-1:123456789012:orderflow-test-alarms"])])
    error_message = "Each alarm must name its runbook and reach the topic of alarms."
  }
}
