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
  target          = module.scheduled_dead_letters.aws_sqs_queue.this
  override_during = plan
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-scheduled-orders-dlq"
  }
}

override_resource {
  target          = module.order_processing.aws_sfn_state_machine.this
  override_during = plan
  values = {
    name                      = "orderflow-test-order-processing"
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
    name                      = "orderflow-test-order-cancellation"
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
  target          = module.sweep_orders.aws_lambda_function.this
  override_during = plan
  values = {
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:sweep"
  }
}

run "the_sweeper_reads_open_orders_and_starts_what_stopped_and_nothing_else" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.sweep_orders.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                                       = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      KeepFailedEvents                                     = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-scheduled-orders-dlq"]]
      FindOpenOrders                                       = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders/index/by-open"]]
      ReadHowAnOrderStands                                 = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      PutTheNextLookAtAnOrderOffAndForgetATokenThatWasUsed = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      QueueAnOrderAgain                                    = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-orders"]]
      LookAtTheExecutionsOfOrdersAndOfCancellations        = [["states:DescribeExecution"], ["arn:aws:states:eu-central-1:123456789012:execution:orderflow-test-order-cancellation:*", "arn:aws:states:eu-central-1:123456789012:execution:orderflow-test-order-processing:*"]]
      StartAFreshExecution                                 = [["states:StartExecution"], ["arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-cancellation:live", "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-processing:live"]]
      KeepAWorkflowWaitingOrTellItTheDecision              = [["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"], ["arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-processing"]]
    }
    error_message = "sweep_orders must be allowed exactly what its code does."
  }
  assert {
    condition = { for s in jsondecode(module.sweep_orders.policy).Statement : s.Sid => s.Condition if can(s.Condition) } == {
      ReadHowAnOrderStands                                 = { "ForAllValues:StringEquals" = { "dynamodb:Attributes" = ["cancellation", "checkAfter", "correlationId", "executionArn", "orderId", "review", "reviewDeadline", "reviewToken", "status", "statusReason"] }, Null = { "dynamodb:Attributes" = ["false"] } }
      PutTheNextLookAtAnOrderOffAndForgetATokenThatWasUsed = { "ForAllValues:StringEquals" = { "dynamodb:Attributes" = ["checkAfter", "openGroup", "orderId", "reviewToken", "status"] } }
    }
    error_message = "The sweeper must see neither what was bought nor how it is paid."
  }
  assert {
    condition     = { for name, value in module.sweep_orders.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "ORDERS_TABLE" = "orderflow-test-orders", "ORDER_QUEUE_URL" = "https://sqs.eu-central-1.amazonaws.com/123456789012/orderflow-test-orders", "ORDER_STATE_MACHINE_ARN" = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-processing:live", "CANCELLATION_STATE_MACHINE_ARN" = "arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-cancellation:live" }
    error_message = "sweep_orders must get exactly the settings its code reads."
  }
}

run "the_sweeper_runs_every_five_minutes_and_its_failures_are_kept" {
  command = plan

  assert {
    condition     = module.sweep_orders_schedule.name == "orderflow-test-sweep-orders"
    error_message = "The sweeper must have its schedule in every environment."
  }
  assert {
    condition     = one([for s in jsondecode(module.sweep_orders_schedule.policy).Statement : s if s.Sid == "InvokeTheFunction"]).Resource == ["arn:aws:lambda:eu-central-1:123456789012:function:sweep"]
    error_message = "The schedule must invoke the sweeper and nothing else."
  }
}

run "a_repaired_order_alarms_and_names_its_runbook" {
  command = plan

  variables {
    platform = merge(var.platform, { alarms_enabled = true })
  }

  assert {
    condition     = one([for alarm in aws_cloudwatch_metric_alarm.stuck_orders : [alarm.namespace, alarm.metric_name, alarm.dimensions["service"], alarm.threshold]]) == ["Orderflow", "StuckOrders", "orders", 0]
    error_message = "The first repair must alarm, on the metric that the sweeper counts."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.stuck_orders : alarm.alarm_actions == toset([var.platform.alarm_topic_arn]) && strcontains(alarm.alarm_description, "docs/runbooks/stuck-orders.md")])
    error_message = "It must tell whoever is on call what to do."
  }
}

run "where_sample_orders_are_off_there_is_neither_function_nor_schedule" {
  command = plan

  assert {
    condition     = length(module.generate_orders) == 0 && length(module.generate_orders_schedule) == 0 && !contains(keys(output.functions), "generate_orders") && length(aws_cloudwatch_metric_alarm.stuck_orders) == 0
    error_message = "A permission that nobody uses is a bug."
  }
}

run "sample_orders_by_hand_have_a_function_and_no_schedule" {
  command = plan

  variables {
    order_generator       = "manual"
    default_payment_token = "sandbox_approve"
  }

  assert {
    condition = { for s in jsondecode(module.generate_orders[0].policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                               = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      KeepFailedEvents                             = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-scheduled-orders-dlq"]]
      FindWhatIsOnSale                             = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products/index/all-by-name"]]
      PriceFromTheCatalogue                        = [["dynamodb:BatchGetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
      StoreTheOrderAndReadItsStatusForARepeatedRun = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      AnswerARepeatedRunOnce                       = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/idempotency"]]
      QueueTheOrder                                = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-orders"]]
      TellTheAuditTrail                            = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "generate_orders must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.generate_orders[0].environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "ORDERS_TABLE" = "orderflow-test-orders", "IDEMPOTENCY_TABLE" = "orderflow-test-idempotency", "ORDER_QUEUE_URL" = "https://sqs.eu-central-1.amazonaws.com/123456789012/orderflow-test-orders", "PRODUCTS_TABLE" = "orderflow-test-products", "CURRENCY" = "EUR", "DEFAULT_PAYMENT_TOKEN" = "sandbox_approve" }
    error_message = "generate_orders must get exactly the settings its code reads."
  }
  assert {
    condition     = length(module.generate_orders_schedule) == 0 && output.functions["generate_orders"].function_name == "orderflow-test-generate-orders"
    error_message = "By hand means by hand, and the function must be found by its operation."
  }
}

run "scheduled_sample_orders_have_a_schedule" {
  command = plan

  variables {
    order_generator       = "scheduled"
    default_payment_token = "sandbox_approve"
  }

  assert {
    condition     = module.generate_orders_schedule[0].name == "orderflow-test-generate-orders"
    error_message = "Scheduled sample orders need their schedule."
  }
}

run "sample_orders_that_nobody_pays_are_refused" {
  command = plan

  variables {
    order_generator = "manual"
  }

  expect_failures = [var.order_generator]
}

run "an_unknown_way_to_make_sample_orders_is_refused" {
  command = plan

  variables {
    order_generator       = "sometimes"
    default_payment_token = "sandbox_approve"
  }

  expect_failures = [var.order_generator]
}
