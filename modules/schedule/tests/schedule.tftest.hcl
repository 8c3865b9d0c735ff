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

  name                  = "sweep-orders"
  description           = "Orders that stopped moving go on."
  expression            = "rate(5 minutes)"
  function_arn          = "arn:aws:lambda:eu-central-1:123456789012:function:sweep"
  dead_letter_queue_arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-scheduled-dlq"
}

run "a_run_that_cannot_be_handed_over_is_tried_again_and_kept" {
  command = plan

  assert {
    condition     = aws_scheduler_schedule.this.name == "orderflow-test-sweep-orders" && aws_scheduler_schedule.this.schedule_expression == "rate(5 minutes)" && one(aws_scheduler_schedule.this.flexible_time_window).mode == "OFF"
    error_message = "The schedule must run when it says."
  }
  assert {
    condition     = one(aws_scheduler_schedule.this.target).arn == var.function_arn && one(aws_scheduler_schedule.this.target).input == "{}"
    error_message = "It must invoke its function, with an empty event."
  }
  assert {
    condition     = one(one(aws_scheduler_schedule.this.target).dead_letter_config).arn == var.dead_letter_queue_arn && one(one(aws_scheduler_schedule.this.target).retry_policy).maximum_event_age_in_seconds == 300
    error_message = "What could not be handed over within five minutes must be a dead letter."
  }
}

run "the_role_may_invoke_this_function_and_keep_dead_letters_only" {
  command = plan

  assert {
    condition = { for s in jsondecode(output.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      InvokeTheFunction            = [["lambda:InvokeFunction"], ["arn:aws:lambda:eu-central-1:123456789012:function:sweep"]]
      KeepWhatCouldNotBeHandedOver = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-scheduled-dlq"]]
    }
    error_message = "The schedule must be allowed exactly what it does."
  }
  assert {
    condition     = one(jsondecode(aws_iam_role.this.assume_role_policy).Statement).Principal == { Service = "scheduler.amazonaws.com" } && one(jsondecode(aws_iam_role.this.assume_role_policy).Statement).Condition == { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    error_message = "Only schedules of this account may use the role."
  }
}

run "an_event_may_carry_the_time_of_the_run" {
  command = plan

  variables {
    input = { scheduledTime = "<aws.scheduler.scheduled-time>" }
  }

  assert {
    condition     = one(aws_scheduler_schedule.this.target).input == "{\"scheduledTime\":\"<aws.scheduler.scheduled-time>\"}"
    error_message = "The placeholder must stand in the event unescaped, or nothing replaces it."
  }
}

run "a_name_that_is_none_is_refused" {
  command = plan

  variables {
    name = "sweep_orders"
  }

  expect_failures = [var.name]
}

run "an_empty_description_is_refused" {
  command = plan

  variables {
    description = ""
  }

  expect_failures = [var.description]
}

run "a_time_that_is_none_is_refused" {
  command = plan

  variables {
    expression = "every five minutes"
  }

  expect_failures = [var.expression]
}

run "a_target_that_is_no_function_is_refused" {
  command = plan

  variables {
    function_arn = "sweep"
  }

  expect_failures = [var.function_arn]
}

run "an_event_with_odd_names_is_refused" {
  command = plan

  variables {
    input = { scheduled_time = "x" }
  }

  expect_failures = [var.input]
}

run "a_dead_letter_queue_that_is_none_is_refused" {
  command = plan

  variables {
    dead_letter_queue_arn = "dlq"
  }

  expect_failures = [var.dead_letter_queue_arn]
}
