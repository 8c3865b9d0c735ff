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

  name            = "order-processing"
  definition      = "{\"StartAt\":\"Done\",\"States\":{\"Done\":{\"Type\":\"Succeed\"}}}"
  tracing_enabled = false

  statements = [{
    sid       = "ReserveTheStock"
    actions   = ["lambda:InvokeFunction"]
    resources = ["arn:aws:lambda:eu-central-1:123456789012:function:reserve"]
  }]
}

run "a_machine_is_standard_and_publishes_each_version" {
  command = plan

  assert {
    condition     = aws_sfn_state_machine.this.name == "orderflow-test-order-processing" && aws_sfn_state_machine.this.type == "STANDARD" && aws_sfn_state_machine.this.publish
    error_message = "An execution must be exactly once (STANDARD) and pinned to a published version."
  }
}

run "the_alias_live_runs_the_newest_version_alone" {
  command = plan

  assert {
    condition     = aws_sfn_alias.live.name == "live" && one(aws_sfn_alias.live.routing_configuration).weight == 100 && one(aws_sfn_alias.live.routing_configuration).state_machine_version_arn == aws_sfn_state_machine.this.state_machine_version_arn
    error_message = "Callers of `live` must get the newest version."
  }
}

run "every_step_is_logged_without_its_data" {
  command = plan

  assert {
    condition     = one(aws_sfn_state_machine.this.logging_configuration).level == "ALL" && !one(aws_sfn_state_machine.this.logging_configuration).include_execution_data
    error_message = "Every event must be logged, and no customer's data with it."
  }
  assert {
    condition     = one(aws_sfn_state_machine.this.logging_configuration).log_destination == "${aws_cloudwatch_log_group.this.arn}:*"
    error_message = "The machine must log to the group made for it."
  }
  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/vendedlogs/states/orderflow-test-order-processing" && aws_cloudwatch_log_group.this.retention_in_days == 30 && aws_cloudwatch_log_group.this.kms_key_id == var.platform.kms_key_arn
    error_message = "The group must have the environment's retention and key."
  }
}

run "its_role_may_be_assumed_by_this_machine_only" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{
      Sid       = "LetThisAccountsStepFunctionsAssumeTheRole"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
      Condition = {
        ArnLike      = { "aws:SourceArn" = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-processing" }
        StringEquals = { "aws:SourceAccount" = "123456789012" }
      }
    }]
    error_message = "The trust policy must name this machine of this account, and nobody else."
  }
}

run "it_may_deliver_its_log_and_do_what_is_given_and_nothing_else" {
  command = plan

  assert {
    condition = [for s in jsondecode(aws_iam_role_policy.this.policy).Statement : s.Action] == [
      [
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
      ],
      ["lambda:InvokeFunction"],
    ]
    error_message = "The policy must hold exactly log delivery and the given statements."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement[1] == {
      Sid      = "ReserveTheStock"
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunction"]
      Resource = ["arn:aws:lambda:eu-central-1:123456789012:function:reserve"]
    }
    error_message = "A given statement must arrive as given."
  }
}

run "a_condition_narrows_what_has_no_resource" {
  command = plan

  variables {
    statements = [{
      sid        = "CountInOurNamespace"
      actions    = ["cloudwatch:PutMetricData"]
      resources  = ["*"]
      conditions = [{ test = "StringEquals", variable = "cloudwatch:namespace", values = ["Orderflow"] }]
    }]
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement[1].Condition == { StringEquals = { "cloudwatch:namespace" = ["Orderflow"] } }
    error_message = "The condition must reach the policy."
  }
}

run "a_traced_machine_may_send_traces" {
  command = plan

  variables {
    tracing_enabled = true
  }

  assert {
    condition     = one(aws_sfn_state_machine.this.tracing_configuration).enabled
    error_message = "tracing_enabled must reach the machine."
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement[1].Action == ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    error_message = "A traced machine needs leave to send traces, and only that."
  }
}

run "what_a_machine_cannot_catch_alarms_whoever_is_on_call" {
  command = plan

  variables {
    platform = merge(var.platform, { alarms_enabled = true })
  }

  assert {
    condition     = { for name, alarm in aws_cloudwatch_metric_alarm.ended_outside : name => alarm.metric_name } == { timed-out = "ExecutionsTimedOut", aborted = "ExecutionsAborted" }
    error_message = "Both a timeout and a forced stop of an execution must alarm."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.ended_outside : alarm.threshold == 0 && alarm.comparison_operator == "GreaterThanThreshold" && alarm.alarm_actions == toset([var.platform.alarm_topic_arn])])
    error_message = "The first one must alarm, through the alarm topic."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.ended_outside : strcontains(alarm.alarm_description, "docs/runbooks/workflow-ended-outside.md")])
    error_message = "The alarm must name its runbook."
  }
}

run "without_flags_there_is_no_trace_and_no_alarm" {
  command = plan

  assert {
    condition     = length(aws_sfn_state_machine.this.tracing_configuration) == 0 && length(aws_cloudwatch_metric_alarm.ended_outside) == 0
    error_message = "Tracing and alarms must be off unless asked for."
  }
}

run "a_wildcard_action_is_refused" {
  command = plan

  variables {
    statements = [{ sid = "ReserveTheStock", actions = ["lambda:*"], resources = ["arn:aws:lambda:eu-central-1:123456789012:function:reserve"] }]
  }

  expect_failures = [var.statements]
}

run "every_resource_without_a_condition_is_refused" {
  command = plan

  variables {
    statements = [{ sid = "ReserveTheStock", actions = ["lambda:InvokeFunction"], resources = ["*"] }]
  }

  expect_failures = [var.statements]
}

run "a_sid_that_is_no_sentence_is_refused" {
  command = plan

  variables {
    statements = [{ sid = "reserve-stock", actions = ["lambda:InvokeFunction"], resources = ["arn:aws:lambda:eu-central-1:123456789012:function:reserve"] }]
  }

  expect_failures = [var.statements]
}

run "a_sid_that_occurs_twice_is_refused" {
  command = plan

  variables {
    statements = [{ sid = "ReserveTheStock", actions = ["lambda:InvokeFunction"], resources = ["arn:aws:lambda:eu-central-1:123456789012:function:reserve"] }, { sid = "ReserveTheStock", actions = ["lambda:InvokeFunction"], resources = ["arn:aws:lambda:eu-central-1:123456789012:function:reserve"] }]
  }

  expect_failures = [var.statements]
}

run "a_definition_that_is_no_state_machine_is_refused" {
  command = plan

  variables {
    definition = "{\"States\":{}}"
  }

  expect_failures = [var.definition]
}

run "a_name_with_underscores_is_refused" {
  command = plan

  variables {
    name = "order_processing"
  }

  expect_failures = [var.name]
}

run "an_undecided_tracing_is_refused" {
  command = plan

  variables {
    tracing_enabled = null
  }

  expect_failures = [var.tracing_enabled]
}
