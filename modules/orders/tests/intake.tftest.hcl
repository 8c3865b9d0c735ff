mock_provider "aws" {
  source          = "../../tests/terraform/mocks"
  override_during = plan
}

variables {
  audit_trail_table = {
    name = "orderflow-test-audit-trail"
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"
  }

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

  currency                      = "EUR"
  cursor_secret_arn             = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor"
  products_table                = { name = "orderflow-test-products", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/products" }
  reservations_table            = { name = "orderflow-test-reservations", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/reservations" }
  stock_table                   = { name = "orderflow-test-stock", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/stock" }
  state_machine_tracing_enabled = false

  refunds = {
    payments_table = { name = "orderflow-test-payments", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/payments" }
    environment    = { PAYMENT_PROVIDER = "sandbox" }
    statements     = []
  }

  step_function_arns = {
    reserve_stock        = "arn:aws:lambda:eu-central-1:123456789012:function:reserve"
    release_stock        = "arn:aws:lambda:eu-central-1:123456789012:function:release"
    refund_payment       = "arn:aws:lambda:eu-central-1:123456789012:function:refund"
    find_payment_outcome = "arn:aws:lambda:eu-central-1:123456789012:function:outcome"
  }

  payment_state_machine_arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-payment"
}

override_resource {
  target          = module.orders_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
    name = "orderflow-test-orders"
  }
}

override_resource {
  target          = module.idempotency_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/idempotency"
    name = "orderflow-test-idempotency"
  }
}

override_resource {
  target          = module.order_queue.aws_sqs_queue.this
  override_during = plan
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-orders"
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/orderflow-test-orders"
  }
}

override_resource {
  target          = module.order_processing.aws_sfn_state_machine.this
  override_during = plan
  values = {
    arn                       = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-processing"
    state_machine_version_arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-processing:1"
  }
}

override_resource {
  target          = module.order_processing.aws_sfn_alias.live
  override_during = plan
  values = {
    arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-processing:live"
  }
}

override_resource {
  target          = module.order_cancellation.aws_sfn_state_machine.this
  override_during = plan
  values = {
    arn                       = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-cancellation"
    state_machine_version_arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-cancellation:1"
  }
}

override_resource {
  target          = module.order_cancellation.aws_sfn_alias.live
  override_during = plan
  values = {
    arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-cancellation:live"
  }
}

override_resource {
  target          = module.order_completed_topic.aws_sns_topic.this
  override_during = plan
  values = {
    arn = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed"
  }
}

override_resource {
  target          = module.order_failed_topic.aws_sns_topic.this
  override_during = plan
  values = {
    arn = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-failed"
  }
}

override_resource {
  target          = module.start_order_workflow.aws_lambda_function.this
  override_during = plan
  values = {
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:start"
  }
}

override_resource {
  target          = module.request_review.aws_lambda_function.this
  override_during = plan
  values = {
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:request-review"
  }
}

override_resource {
  target          = module.order_review_topic.aws_sns_topic.this
  override_during = plan
  values = {
    arn = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-review"
  }
}

run "placing_an_order_prices_stores_and_queues_it" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.place_order.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                                   = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      PriceFromTheCatalogue                            = [["dynamodb:BatchGetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
      StoreTheOrderAndReadItsStatusForARepeatedRequest = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      AnswerARepeatedRequestOnce                       = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/idempotency"]]
      QueueTheOrder                                    = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-orders"]]
      TellTheAuditTrail                                = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "place_order must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.place_order.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "ORDERS_TABLE" = "orderflow-test-orders", "IDEMPOTENCY_TABLE" = "orderflow-test-idempotency", "ORDER_QUEUE_URL" = "https://sqs.eu-central-1.amazonaws.com/123456789012/orderflow-test-orders", "PRODUCTS_TABLE" = "orderflow-test-products", "CURRENCY" = "EUR", "DEFAULT_PAYMENT_TOKEN" = "" }
    error_message = "place_order must get exactly the settings its code reads."
  }
}

run "listing_orders_queries_the_customers_index_only" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.list_orders.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog       = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ListACustomersOrders = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders/index/by-user"]]
      SignAndVerifyCursors = [["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor"]]
    }
    error_message = "list_orders must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.list_orders.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "ORDERS_TABLE" = "orderflow-test-orders", "CURSOR_SECRET_ARN" = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor" }
    error_message = "list_orders must get exactly the settings its code reads."
  }
}

run "an_order_is_read_by_its_id" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.get_order.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheOrder   = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
    }
    error_message = "get_order must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.get_order.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "ORDERS_TABLE" = "orderflow-test-orders" }
    error_message = "get_order must get exactly the settings its code reads."
  }
}

run "changing_an_address_reads_and_writes_the_order_and_nothing_else" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.update_order.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                  = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheOrderAndChangeItsAddress = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      TellTheAuditTrail               = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "update_order must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.update_order.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "ORDERS_TABLE" = "orderflow-test-orders", "PRICE_TABLES" = "default" }
    error_message = "update_order must get exactly the settings its code reads."
  }
}

run "cancelling_an_order_reads_writes_and_starts_the_live_cancellation" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.cancel_order.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog           = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheOrderAndCancelIt  = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      StartTheLiveCancellation = [["states:StartExecution"], ["arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-cancellation:live"]]
      EndTheWaitForAReview     = [["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"], ["arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-processing"]]
      TellTheAuditTrail        = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "cancel_order must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.cancel_order.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "ORDERS_TABLE" = "orderflow-test-orders", "CANCELLATION_STATE_MACHINE_ARN" = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-cancellation:live" }
    error_message = "cancel_order must get exactly the settings its code reads."
  }
}

run "the_starter_consumes_the_queue_and_starts_the_live_workflow" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.start_order_workflow.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog       = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ConsumeTheOrderQueue = [["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-orders"]]
      StartTheLiveWorkflow = [["states:StartExecution"], ["arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-processing:live"]]
    }
    error_message = "start_order_workflow must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.start_order_workflow.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "ORDER_STATE_MACHINE_ARN" = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-processing:live" }
    error_message = "start_order_workflow must get exactly the settings its code reads."
  }
}

run "a_default_payment_token_reaches_place_order" {
  command = plan

  variables {
    default_payment_token = "sandbox_approve"
  }

  assert {
    condition     = module.place_order.environment["DEFAULT_PAYMENT_TOKEN"] == "sandbox_approve"
    error_message = "The token of the environment must reach the function that uses it."
  }
}

run "one_bad_message_does_not_hold_up_its_batch" {
  command = plan

  assert {
    condition     = aws_lambda_event_source_mapping.order_queue.batch_size == 10 && aws_lambda_event_source_mapping.order_queue.function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "Batches of ten, of which only the failed messages come back."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.order_queue.event_source_arn == module.order_queue.arn && aws_lambda_event_source_mapping.order_queue.function_name == module.start_order_workflow.arn
    error_message = "The order queue must feed start_order_workflow."
  }
}

run "a_currency_that_is_no_code_is_refused" {
  command = plan

  variables {
    currency = "eur"
  }

  expect_failures = [var.currency]
}

run "a_cursor_secret_that_is_no_secret_is_refused" {
  command = plan

  variables {
    cursor_secret_arn = "s3cret"
  }

  expect_failures = [var.cursor_secret_arn]
}

run "a_payment_token_with_spaces_is_refused" {
  command = plan

  variables {
    default_payment_token = "4242 4242"
  }

  expect_failures = [var.default_payment_token]
}

run "price_tables_that_are_no_folder_are_refused" {
  command = plan

  variables {
    price_tables = "../tables"
  }

  expect_failures = [var.price_tables]
}

run "a_products_table_that_is_none_is_refused" {
  command = plan

  variables {
    products_table = { name = "x", arn = "x" }
  }

  expect_failures = [var.products_table]
}

run "a_step_that_is_no_function_is_refused" {
  command = plan

  variables {
    step_function_arns = merge(var.step_function_arns, { reserve_stock = "reserve" })
  }

  expect_failures = [var.step_function_arns]
}

run "an_undecided_tracing_is_refused" {
  command = plan

  variables {
    state_machine_tracing_enabled = null
  }

  expect_failures = [var.state_machine_tracing_enabled]
}

run "an_audit_trail_that_is_no_table_is_refused" {
  command = plan

  variables {
    audit_trail_table = { name = "x", arn = "x" }
  }

  expect_failures = [var.audit_trail_table]
}
