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

  context     = "orders"
  operation   = "get_order"
  description = "Reads an order."
  environment = { ORDERS_TABLE = "orderflow-test-orders" }

  statements = [{
    sid       = "ReadTheOrder"
    actions   = ["dynamodb:GetItem"]
    resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/orderflow-test-orders"]
  }]
}

run "a_function_is_named_and_found_by_its_operation" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.function_name == "orderflow-test-get-order"
    error_message = "The name must be the prefix and the operation in dashes."
  }
  assert {
    condition     = aws_lambda_function.this.handler == "handlers.orders.get_order.handler"
    error_message = "The handler must lie where src/handlers/<context>/<operation>.py puts it."
  }
  assert {
    condition     = aws_lambda_function.this.runtime == "python3.13" && tolist(aws_lambda_function.this.architectures) == tolist(["arm64"])
    error_message = "On AWS a function runs Python 3.13 on arm64."
  }
}

run "a_changed_zip_is_a_changed_function" {
  command = plan

  assert {
    condition     = aws_lambda_function.this.source_code_hash == filebase64sha256("../../tests/terraform/packages/get_order.zip")
    error_message = "The function must carry the hash of its zip."
  }
  assert {
    condition     = aws_s3_object.package.source_hash == filebase64sha256("../../tests/terraform/packages/get_order.zip") && aws_lambda_function.this.s3_key == aws_s3_object.package.key
    error_message = "The zip must be uploaded again when it changes, to where the function takes it from."
  }
}

run "a_function_writes_json_to_its_own_encrypted_log_group" {
  command = plan

  assert {
    condition     = one(aws_lambda_function.this.logging_config).log_group == aws_cloudwatch_log_group.this.name && aws_cloudwatch_log_group.this.name == "/aws/lambda/orderflow-test-get-order"
    error_message = "The function must log to the group made for it."
  }
  assert {
    condition     = one(aws_lambda_function.this.logging_config).log_format == "JSON"
    error_message = "Logs must be JSON."
  }
  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 30 && aws_cloudwatch_log_group.this.kms_key_id == var.platform.kms_key_arn
    error_message = "The group must have the environment's retention and key."
  }
}

run "settings_are_the_common_ones_and_its_own_under_the_environments_key" {
  command = plan

  assert {
    condition = one(aws_lambda_function.this.environment).variables == tomap({
      CORS_ALLOW_ORIGINS           = "https://shop.example.com,https://admin.example.com"
      LOG_LEVEL                    = "INFO"
      ORDERS_TABLE                 = "orderflow-test-orders"
      POWERTOOLS_METRICS_NAMESPACE = "Orderflow"
      POWERTOOLS_SERVICE_NAME      = "orders"
      POWERTOOLS_TRACE_DISABLED    = "true"
      SERVICE_VERSION              = "1.2.3"
    })
    error_message = "The function's environment must be exactly the common settings and its own."
  }
  assert {
    condition     = aws_lambda_function.this.kms_key_arn == var.platform.kms_key_arn
    error_message = "Settings must be encrypted with the environment's key."
  }
}

run "its_role_may_be_assumed_by_this_accounts_lambda_only" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{
      Sid       = "LetThisAccountsLambdaAssumeTheRole"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    }]
    error_message = "The trust policy must name Lambda and this account, and nobody else."
  }
}

run "it_may_write_its_log_and_do_what_is_given_and_nothing_else" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement == [
      {
        Sid      = "WriteItsOwnLog"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]
      },
      {
        Sid      = "ReadTheOrder"
        Effect   = "Allow"
        Action   = ["dynamodb:GetItem"]
        Resource = ["arn:aws:dynamodb:eu-central-1:123456789012:table/orderflow-test-orders"]
      },
    ]
    error_message = "The policy must hold exactly the log statement and the given ones."
  }
}

run "conditions_of_one_kind_share_their_test" {
  command = plan

  variables {
    statements = [{
      sid       = "CountInOurNamespace"
      actions   = ["cloudwatch:PutMetricData"]
      resources = ["*"]
      conditions = [
        { test = "StringEquals", variable = "cloudwatch:namespace", values = ["Orderflow"] },
        { test = "StringEquals", variable = "aws:RequestedRegion", values = ["eu-central-1"] },
        { test = "Bool", variable = "aws:SecureTransport", values = ["true"] },
      ]
    }]
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement[1].Condition == {
      Bool = { "aws:SecureTransport" = ["true"] }
      StringEquals = {
        "aws:RequestedRegion"  = ["eu-central-1"]
        "cloudwatch:namespace" = ["Orderflow"]
      }
    }
    error_message = "No condition may be lost when two share a test."
  }
}

run "without_flags_there_is_no_trace_no_dead_letter_no_alarm" {
  command = plan

  assert {
    condition     = one(aws_lambda_function.this.tracing_config).mode == "PassThrough" && length(aws_lambda_function.this.dead_letter_config) == 0
    error_message = "Tracing and dead letter must be off unless asked for."
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.errors) == 0
    error_message = "No alarm may be made where alarms are off."
  }
  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == -1
    error_message = "Concurrency is reserved only for operations the environment names."
  }
}

run "a_traced_function_may_send_traces" {
  command = plan

  variables {
    platform = merge(var.platform, { tracing_enabled = true })
  }

  assert {
    condition     = one(aws_lambda_function.this.tracing_config).mode == "Active" && one(aws_lambda_function.this.environment).variables.POWERTOOLS_TRACE_DISABLED == "false"
    error_message = "With tracing on, Lambda and Powertools must both trace."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement[1] == {
      Sid      = "SendTraces"
      Effect   = "Allow"
      Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      Resource = ["*"]
    }
    error_message = "A traced function needs leave to send traces, and only that."
  }
}

run "an_asynchronous_function_keeps_what_fails" {
  command = plan

  variables {
    dead_letter_queue_arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-images-dlq"
  }

  assert {
    condition     = one(aws_lambda_function.this.dead_letter_config).target_arn == "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-images-dlq"
    error_message = "Events that fail for good must go to the dead letter queue."
  }
  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement[1] == {
      Sid      = "KeepFailedEvents"
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-images-dlq"]
    }
    error_message = "The function must be allowed to send to its dead letter queue only."
  }
}

run "one_error_alarms_whoever_is_on_call" {
  command = plan

  variables {
    platform = merge(var.platform, { alarms_enabled = true })
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.errors[0].namespace == "AWS/Lambda" &&
      aws_cloudwatch_metric_alarm.errors[0].metric_name == "Errors" &&
      aws_cloudwatch_metric_alarm.errors[0].threshold == 0 &&
      aws_cloudwatch_metric_alarm.errors[0].comparison_operator == "GreaterThanThreshold" &&
      aws_cloudwatch_metric_alarm.errors[0].dimensions == tomap({ FunctionName = "orderflow-test-get-order" })
    )
    error_message = "The alarm must watch the function's own errors, from the first one."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.errors[0].alarm_actions == toset([var.platform.alarm_topic_arn])
    error_message = "The alarm must tell the alarm topic."
  }
  assert {
    condition     = strcontains(aws_cloudwatch_metric_alarm.errors[0].alarm_description, "docs/runbooks/function-errors.md")
    error_message = "The alarm must name its runbook."
  }
}

run "concurrency_is_reserved_for_the_named_operation" {
  command = plan

  variables {
    operation = "reserve_stock"
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == 5
    error_message = "reserved_concurrency must reach the operation it names."
  }
}
