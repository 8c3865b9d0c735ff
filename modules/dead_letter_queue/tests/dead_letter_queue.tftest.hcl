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
    reserved_concurrency = { reserve_stock = 5 }
    cors_allow_origins   = ["https://shop.example.com", "https://admin.example.com"]
    tracing_enabled      = false
    alarms_enabled       = false
    alarm_topic_arn      = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-alarms"
    deletion_protection  = true
  }

  name              = "orders"
  source_queue_arns = ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-orders"]
}

run "a_dead_letter_waits_fourteen_days_encrypted" {
  command = plan

  assert {
    condition     = aws_sqs_queue.this.name == "orderflow-test-orders-dlq" && aws_sqs_queue.this.message_retention_seconds == 1209600
    error_message = "A dead letter must wait as long as SQS allows."
  }
  assert {
    condition     = aws_sqs_queue.this.kms_master_key_id == var.platform.kms_key_arn
    error_message = "Dead letters must be encrypted with the environment's key."
  }
}

run "only_the_named_queues_may_redrive_into_it" {
  command = plan

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_allow_policy) == { redrivePermission = "byQueue", sourceQueueArns = ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-orders"] }
    error_message = "Only its source queues may use it."
  }
}

run "without_a_source_queue_no_queue_may_redrive_into_it" {
  command = plan

  variables {
    source_queue_arns = []
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_allow_policy) == { redrivePermission = "denyAll" }
    error_message = "A queue for failed events must be closed to other queues."
  }
}

run "plain_http_is_refused" {
  command = plan

  assert {
    condition = jsondecode(aws_sqs_queue.this.policy).Statement == [{
      Sid       = "RefuseWhatIsNotEncryptedInTransit"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-orders-dlq"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "The policy must deny what comes without TLS, and grant nobody anything."
  }
}

run "one_dead_letter_alarms_whoever_is_on_call" {
  command = plan

  variables {
    platform = merge(var.platform, { alarms_enabled = true })
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.not_empty[0].metric_name == "ApproximateNumberOfMessagesVisible" &&
      aws_cloudwatch_metric_alarm.not_empty[0].dimensions == tomap({ QueueName = "orderflow-test-orders-dlq" }) &&
      aws_cloudwatch_metric_alarm.not_empty[0].threshold == 0 &&
      aws_cloudwatch_metric_alarm.not_empty[0].comparison_operator == "GreaterThanThreshold" &&
      aws_cloudwatch_metric_alarm.not_empty[0].alarm_actions == toset([var.platform.alarm_topic_arn])
    )
    error_message = "The first dead letter must alarm, through the alarm topic."
  }
  assert {
    condition     = strcontains(aws_cloudwatch_metric_alarm.not_empty[0].alarm_description, "docs/runbooks/dead-letters.md")
    error_message = "The alarm must name its runbook."
  }
}

run "without_alarms_there_is_none" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.not_empty) == 0
    error_message = "No alarm may be made where alarms are off."
  }
}

run "a_source_that_is_no_queue_is_refused" {
  command = plan

  variables {
    source_queue_arns = ["arn:aws:sns:eu-central-1:123456789012:topic"]
  }

  expect_failures = [var.source_queue_arns]
}

run "a_name_with_underscores_is_refused" {
  command = plan

  variables {
    name = "product_images"
  }

  expect_failures = [var.name]
}
