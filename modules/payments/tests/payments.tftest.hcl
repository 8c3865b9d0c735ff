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

run "holding_reads_terms_and_records_the_payment" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.authorize_payment.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheOrdersPaymentTermsOnly = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      ReadTheRequestThatPays        = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/requests"]]
      RecordThePayment              = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/payments"]]
    }
    error_message = "authorize_payment must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.authorize_payment.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "PAYMENTS_TABLE" = "orderflow-test-payments", "PAYMENT_REQUESTS_TABLE" = "orderflow-test-payment-requests", "ORDERS_TABLE" = "orderflow-test-orders", "PAYMENT_PROVIDER" = "sandbox" }
    error_message = "authorize_payment must get exactly the settings its code reads."
  }
}

run "paying_sees_no_more_of_an_order_than_its_payment_terms" {
  command = plan

  assert {
    condition = alltrue([
      for policy in [module.authorize_payment.policy, module.pay_order.policy] :
      one([for s in jsondecode(policy).Statement : s if s.Sid == "ReadTheOrdersPaymentTermsOnly"]).Condition == {
        "ForAllValues:StringEquals" = { "dynamodb:Attributes" = ["orderId", "userId", "status", "total", "currency", "paymentToken"] }
        Null                        = { "dynamodb:Attributes" = ["false"] }
      }
    ])
    error_message = "Only the six attributes, and never a read that names none: it would return them all."
  }
}

run "taking_reads_the_payment_and_records_a_decline" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.capture_payment.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                  = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadThePaymentAndRecordADecline = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/payments"]]
    }
    error_message = "capture_payment must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.capture_payment.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "PAYMENTS_TABLE" = "orderflow-test-payments", "PAYMENT_PROVIDER" = "sandbox" }
    error_message = "capture_payment must get exactly the settings its code reads."
  }
}

run "giving_up_needs_the_payment_alone" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.void_payment.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog          = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadAndGiveUpThePayment = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/payments"]]
    }
    error_message = "void_payment must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.void_payment.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "PAYMENTS_TABLE" = "orderflow-test-payments", "PAYMENT_PROVIDER" = "sandbox" }
    error_message = "void_payment must get exactly the settings its code reads."
  }
}

run "refunding_needs_the_payment_alone" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.refund_payment.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog         = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadAndCloseThePayment = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/payments"]]
    }
    error_message = "refund_payment must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.refund_payment.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "PAYMENTS_TABLE" = "orderflow-test-payments", "PAYMENT_PROVIDER" = "sandbox" }
    error_message = "refund_payment must get exactly the settings its code reads."
  }
}

run "finding_the_outcome_only_reads" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.find_payment_outcome.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadThePayment = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/payments"]]
    }
    error_message = "find_payment_outcome must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.find_payment_outcome.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "PAYMENTS_TABLE" = "orderflow-test-payments" }
    error_message = "find_payment_outcome must get exactly the settings its code reads."
  }
}

run "showing_a_payment_only_reads" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.get_payment.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadThePayment = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/payments"]]
    }
    error_message = "get_payment must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.get_payment.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "PAYMENTS_TABLE" = "orderflow-test-payments" }
    error_message = "get_payment must get exactly the settings its code reads."
  }
}

run "paying_by_request_starts_the_live_workflow_and_reads_its_outcome" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.pay_order.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheOrdersPaymentTermsOnly = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      KeepTheRequestOnce            = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/requests"]]
      StartTheLiveWorkflow          = [["states:StartExecution"], ["arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-payment:live"]]
      ReadWhatBecameOfThePayment    = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/payments"]]
    }
    error_message = "pay_order must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.pay_order.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "PAYMENTS_TABLE" = "orderflow-test-payments", "PAYMENT_REQUESTS_TABLE" = "orderflow-test-payment-requests", "ORDERS_TABLE" = "orderflow-test-orders", "PAYMENT_STATE_MACHINE_ARN" = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-payment:live" }
    error_message = "pay_order must get exactly the settings its code reads."
  }
}

run "the_machine_may_do_what_its_states_do_and_nothing_else" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.payment.policy).Statement : s.Sid => [s.Action, s.Resource] if s.Sid != "DeliverItsLog" } == {
      RunTheStepsAndTheirCompensation = [["lambda:InvokeFunction"], ["arn:aws:lambda:eu-central-1:123456789012:function:authorize", "arn:aws:lambda:eu-central-1:123456789012:function:capture", "arn:aws:lambda:eu-central-1:123456789012:function:void"]]
      RecordTheCapture                = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/payments"]]
      CountPaymentsThatAreUnsettled   = [["cloudwatch:PutMetricData"], ["*"]]
    }
    error_message = "payment must be allowed exactly what its states do."
  }
  assert {
    condition     = one([for s in jsondecode(module.payment.policy).Statement : s if s.Sid == "CountPaymentsThatAreUnsettled"]).Condition == { StringEquals = { "cloudwatch:namespace" = ["Orderflow"] } }
    error_message = "Metrics have no ARN: the namespace must narrow them."
  }
  assert {
    condition     = !strcontains(module.payment.definition, "$${") && alltrue([for name in ["function:authorize", "function:capture", "function:void", "\"orderflow-test-payments\"", "\"Orderflow\""] : strcontains(module.payment.definition, name)])
    error_message = "The definition must be rendered with every real name."
  }
  assert {
    condition     = output.payment_state_machine_arn == "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-payment"
    error_message = "Others must find the machine."
  }
}

run "money_that_may_be_held_alarms_whoever_is_on_call" {
  command = plan

  variables {
    platform = merge(var.platform, { alarms_enabled = true })
  }

  assert {
    condition     = [for alarm in aws_cloudwatch_metric_alarm.payments_unsettled : [alarm.namespace, alarm.metric_name, alarm.threshold, alarm.comparison_operator, tolist(alarm.alarm_actions)[0] == var.platform.alarm_topic_arn, strcontains(alarm.alarm_description, "docs/runbooks/payments-unsettled.md")]] == [["Orderflow", "PaymentsUnsettled", 0, "GreaterThanThreshold", true, true]]
    error_message = "The first unsettled payment must alarm, through the alarm topic, and name its runbook."
  }
}

run "without_alarms_there_is_none" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.payments_unsettled) == 0
    error_message = "No alarm may be made where alarms are off."
  }
}

run "each_function_is_found_by_its_operation" {
  command = plan

  assert {
    condition     = { for operation, function in output.functions : operation => function.function_name } == { for operation in ["authorize_payment", "capture_payment", "find_payment_outcome", "get_payment", "pay_order", "receive_stripe_event", "refund_payment", "void_payment"] : operation => "orderflow-test-${replace(operation, "_", "-")}" }
    error_message = "Each operation must name its own function."
  }
}

run "an_orders_table_that_is_none_is_refused" {
  command = plan

  variables {
    orders_table = { name = "orders", arn = "orders" }
  }

  expect_failures = [var.orders_table]
}

run "a_provider_without_adapter_is_refused" {
  command = plan

  variables {
    payment_provider = "piggybank"
  }

  expect_failures = [var.payment_provider]
}
