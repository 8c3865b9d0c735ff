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

run "charging_reads_terms_and_records_the_payment" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.process_payment.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheOrdersPaymentTermsOnly = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      RecordThePayment              = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/payments"]]
    }
    error_message = "process_payment must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.process_payment.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "PAYMENTS_TABLE" = "orderflow-test-payments", "ORDERS_TABLE" = "orderflow-test-orders", "PAYMENT_PROVIDER" = "sandbox" }
    error_message = "process_payment must get exactly the settings its code reads."
  }
}

run "charging_sees_no_more_of_an_order_than_its_payment_terms" {
  command = plan

  assert {
    condition = one([for s in jsondecode(module.process_payment.policy).Statement : s if s.Sid == "ReadTheOrdersPaymentTermsOnly"]).Condition == {
      "ForAllValues:StringEquals" = { "dynamodb:Attributes" = ["orderId", "userId", "total", "currency", "paymentToken"] }
      Null                        = { "dynamodb:Attributes" = ["false"] }
    }
    error_message = "Only the five attributes, and never a read that names none: it would return them all."
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

run "the_workflow_finds_both_functions_by_their_operation" {
  command = plan

  assert {
    condition     = { for operation, function in output.functions : operation => function.function_name } == { process_payment = "orderflow-test-process-payment", refund_payment = "orderflow-test-refund-payment" }
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
