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

  state_machine_tracing_enabled = false

  orders_table = { name = "orderflow-test-orders", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders" }
}

override_resource {
  target          = module.payments_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/payments"
    name = "orderflow-test-payments"
  }
}

override_resource {
  target          = module.payment_requests_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/requests"
    name = "orderflow-test-payment-requests"
  }
}

override_resource {
  target          = module.payment.aws_sfn_state_machine.this
  override_during = plan
  values = {
    arn                       = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-payment"
    state_machine_version_arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-payment:1"
  }
}

override_resource {
  target          = module.payment.aws_sfn_alias.live
  override_during = plan
  values = {
    arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-payment:live"
  }
}

override_resource {
  target          = module.authorize_payment.aws_lambda_function.this
  override_during = plan
  values = {
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:authorize"
  }
}

override_resource {
  target          = module.capture_payment.aws_lambda_function.this
  override_during = plan
  values = {
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:capture"
  }
}

override_resource {
  target          = module.void_payment.aws_lambda_function.this
  override_during = plan
  values = {
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:void"
  }
}

run "without_stripe_the_webhook_has_no_secret_and_may_read_none" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.receive_stripe_event.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                  = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadThePaymentAndAppendTheEvent = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/payments"]]
    }
    error_message = "receive_stripe_event must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.receive_stripe_event.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "PAYMENTS_TABLE" = "orderflow-test-payments", "PAYMENT_PROVIDER" = "sandbox" }
    error_message = "Without Stripe there is nothing of Stripe to know."
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.moved_at_provider) == 0
    error_message = "Where alarms are off there must be none."
  }
}

run "with_stripe_each_function_that_asks_it_reads_the_one_secret" {
  command = plan

  variables {
    payment_provider  = "stripe"
    stripe_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe-AbCdEf"
  }

  assert {
    condition = alltrue([
      for function in [module.authorize_payment, module.capture_payment, module.void_payment, module.refund_payment, module.receive_stripe_event] :
      [for s in jsondecode(function.policy).Statement : [s.Action, s.Resource] if s.Sid == "ReadTheStripeAccountsSecret"] == [
        [["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe-AbCdEf"]],
      ]
    ])
    error_message = "Whoever asks Stripe must be able to read its secret, and no other."
  }
  assert {
    condition = alltrue([
      for function in [module.authorize_payment, module.capture_payment, module.void_payment, module.refund_payment, module.receive_stripe_event] :
      { for name, value in function.environment : name => value if startswith(name, "STRIPE_") || name == "PAYMENT_PROVIDER" } == {
        PAYMENT_PROVIDER  = "stripe"
        STRIPE_SECRET_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe-AbCdEf"
        STRIPE_API_BASE   = "https://api.stripe.com"
      }
    ])
    error_message = "Whoever asks Stripe must know where, and where its secret is."
  }
}

run "a_move_at_the_provider_calls_a_person" {
  command = plan

  variables {
    platform = merge(var.platform, { alarms_enabled = true })
  }

  assert {
    condition = [for alarm in aws_cloudwatch_metric_alarm.moved_at_provider : [
      alarm.alarm_name, alarm.namespace, alarm.metric_name, alarm.dimensions, alarm.threshold, one(alarm.alarm_actions)
      ]] == [[
      "orderflow-test-payments-moved-at-provider", "Orderflow", "PaymentsMovedAtProvider", tomap({ service = "payments" }), 0,
      "arn:aws:sns:eu-central-1:123456789012:orderflow-test-alarms",
    ]]
    error_message = "The alarm must watch what receive_stripe_event counts."
  }
}

run "a_secret_without_stripe_stripe_without_a_secret_and_a_key_sent_elsewhere_are_refused" {
  command = plan

  variables {
    stripe_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe"
    stripe_api_base   = "http://api.stripe.com"
  }

  expect_failures = [var.stripe_secret_arn, var.stripe_api_base]
}

run "stripe_without_a_secret_is_refused" {
  command = plan

  variables {
    payment_provider = "stripe"
  }

  expect_failures = [var.stripe_secret_arn]
}

run "a_secret_that_is_none_is_refused" {
  command = plan

  variables {
    payment_provider  = "stripe"
    stripe_secret_arn = "rk_live_pasted_here"
  }

  expect_failures = [var.stripe_secret_arn]
}
