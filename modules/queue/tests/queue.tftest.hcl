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

  name                     = "orders"
  consumer_timeout_seconds = 30
}

run "a_message_stays_invisible_six_times_the_consumers_timeout" {
  command = plan

  assert {
    condition     = aws_sqs_queue.this.visibility_timeout_seconds == 180
    error_message = "Visibility must be six times the function's timeout."
  }
}

run "after_three_receives_a_message_goes_to_the_dead_letter_queue" {
  command = plan

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy) == { deadLetterTargetArn = module.dead_letters.arn, maxReceiveCount = 3 }
    error_message = "Three receives, then the dead letter queue."
  }
}

run "the_queue_is_encrypted_and_refuses_plain_http" {
  command = plan

  assert {
    condition     = aws_sqs_queue.this.name == "orderflow-test-orders" && aws_sqs_queue.this.kms_master_key_id == var.platform.kms_key_arn
    error_message = "Messages must be encrypted with the environment's key."
  }
  assert {
    condition = jsondecode(aws_sqs_queue.this.policy).Statement == [{
      Sid       = "RefuseWhatIsNotEncryptedInTransit"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-orders"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "The policy must deny what comes without TLS, and grant nobody anything."
  }
}

run "a_consumer_timeout_beyond_lambdas_limit_is_refused" {
  command = plan

  variables {
    consumer_timeout_seconds = 901
  }

  expect_failures = [var.consumer_timeout_seconds]
}

run "a_topic_may_send_to_the_queue_that_is_subscribed_to_it" {
  command = plan

  variables {
    subscribed_topic_arns = ["arn:aws:sns:eu-central-1:123456789012:orders"]
  }

  assert {
    condition = jsondecode(aws_sqs_queue.this.policy).Statement[1] == {
      Sid       = "LetTheTopicItIsSubscribedToSend"
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-orders"
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-central-1:123456789012:orders" }, StringEquals = { "aws:SourceAccount" = "123456789012" } }
    }
    error_message = "SNS may send for that topic only."
  }
}

run "each_of_two_topics_may_send_by_a_statement_of_its_own" {
  command = plan

  variables {
    subscribed_topic_arns = ["arn:aws:sns:eu-central-1:123456789012:orders", "arn:aws:sns:eu-central-1:123456789012:failures"]
  }

  assert {
    condition = { for s in jsondecode(aws_sqs_queue.this.policy).Statement : s.Sid => s.Condition.ArnEquals["aws:SourceArn"] if s.Effect == "Allow" } == {
      LetTheTopicItIsSubscribedToSend = "arn:aws:sns:eu-central-1:123456789012:orders"
      LetTheOtherTopicSend            = "arn:aws:sns:eu-central-1:123456789012:failures"
    }
    error_message = "SNS may send for those two topics only."
  }
}

run "more_topics_than_two_are_refused" {
  command = plan

  variables {
    subscribed_topic_arns = [for name in ["a", "b", "c"] : "arn:aws:sns:eu-central-1:123456789012:${name}"]
  }

  expect_failures = [var.subscribed_topic_arns]
}

run "what_is_no_topic_is_refused" {
  command = plan

  variables {
    subscribed_topic_arns = ["orders"]
  }

  expect_failures = [var.subscribed_topic_arns]
}

run "no_receive_at_all_is_refused" {
  command = plan

  variables {
    max_receives = 0
  }

  expect_failures = [var.max_receives]
}

run "a_name_with_underscores_is_refused" {
  command = plan

  variables {
    name = "order_queue"
  }

  expect_failures = [var.name]
}
