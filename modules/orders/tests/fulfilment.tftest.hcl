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
  target          = module.finish_movements.aws_lambda_function.this
  override_during = plan
  values = {
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:finish"
  }
}

run "shipping_and_taking_back_move_stock_and_no_money" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.ship_order.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                   = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheOrderAndRecordWhatMoves   = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      TellWhatMoved                    = [["sns:Publish"], ["arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed"]]
      RememberWhatBecameOfAReservation = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/reservations"]]
      MoveItsUnits                     = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/stock"]]
      TellTheAuditTrail                = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "ship_order must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.ship_order.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "ORDERS_TABLE" = "orderflow-test-orders", "ORDER_COMPLETED_TOPIC_ARN" = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed", "RESERVATIONS_TABLE" = "orderflow-test-reservations", "STOCK_TABLE" = "orderflow-test-stock" }
    error_message = "ship_order must get exactly the settings its code reads."
  }

  assert {
    condition = { for s in jsondecode(module.return_order.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                   = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheOrderAndRecordWhatMoves   = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      TellWhatMoved                    = [["sns:Publish"], ["arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed"]]
      RememberWhatBecameOfAReservation = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/reservations"]]
      MoveItsUnits                     = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/stock"]]
      TellTheAuditTrail                = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "return_order must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.return_order.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "ORDERS_TABLE" = "orderflow-test-orders", "ORDER_COMPLETED_TOPIC_ARN" = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed", "RESERVATIONS_TABLE" = "orderflow-test-reservations", "STOCK_TABLE" = "orderflow-test-stock" }
    error_message = "return_order must get exactly the settings its code reads."
  }
}

run "delivering_moves_neither_stock_nor_money" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.deliver_order.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                 = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheOrderAndRecordWhatMoves = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      TellWhatMoved                  = [["sns:Publish"], ["arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed"]]
      TellTheAuditTrail              = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "deliver_order must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.deliver_order.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "ORDERS_TABLE" = "orderflow-test-orders", "ORDER_COMPLETED_TOPIC_ARN" = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed" }
    error_message = "deliver_order must get exactly the settings its code reads."
  }
}

run "refunding_moves_money_and_no_stock" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.refund_order.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                 = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheOrderAndRecordWhatMoves = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      TellWhatMoved                  = [["sns:Publish"], ["arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed"]]
      RecordRefundsOfAPayment        = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/payments"]]
      TellTheAuditTrail              = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "refund_order must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.refund_order.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "ORDERS_TABLE" = "orderflow-test-orders", "ORDER_COMPLETED_TOPIC_ARN" = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed", "PAYMENTS_TABLE" = "orderflow-test-payments", "PAYMENT_PROVIDER" = "sandbox" }
    error_message = "refund_order must get exactly the settings its code reads."
  }
}

run "with_stripe_whoever_refunds_may_read_its_secret_and_the_others_may_not" {
  command = plan

  variables {
    refunds = merge(var.refunds, {
      environment = { PAYMENT_PROVIDER = "stripe", STRIPE_SECRET_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe", STRIPE_API_BASE = "https://api.stripe.com" }
      statements  = [{ sid = "ReadTheStripeAccountsSecret", actions = ["secretsmanager:GetSecretValue"], resources = ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe"] }]
    })
  }

  assert {
    condition     = alltrue([for policy in [module.refund_order.policy, module.finish_movements.policy] : strcontains(policy, "ReadTheStripeAccountsSecret")]) && !anytrue([for policy in [module.ship_order.policy, module.deliver_order.policy, module.return_order.policy] : strcontains(policy, "secretsmanager")])
    error_message = "Only who gives money back may read the provider's secret."
  }
  assert {
    condition     = module.refund_order.environment["STRIPE_API_BASE"] == "https://api.stripe.com" && module.finish_movements.environment["STRIPE_SECRET_ARN"] == "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe"
    error_message = "Who asks Stripe must get its settings."
  }
}

run "whoever_finishes_what_was_left_half_way_may_do_all_of_it_and_nothing_else" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.finish_movements.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                   = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheOrderAndRecordWhatMoves   = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      TellWhatMoved                    = [["sns:Publish"], ["arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed"]]
      RememberWhatBecameOfAReservation = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/reservations"]]
      MoveItsUnits                     = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/stock"]]
      RecordRefundsOfAPayment          = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/payments"]]
      KeepFailedEvents                 = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-scheduled-orders-dlq"]]
      FindOrdersWithPendingMovements   = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders/index/by-open"]]
      TellTheAuditTrail                = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "finish_movements must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.finish_movements.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "ORDERS_TABLE" = "orderflow-test-orders", "ORDER_COMPLETED_TOPIC_ARN" = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed", "RESERVATIONS_TABLE" = "orderflow-test-reservations", "STOCK_TABLE" = "orderflow-test-stock", "PAYMENTS_TABLE" = "orderflow-test-payments", "PAYMENT_PROVIDER" = "sandbox" }
    error_message = "finish_movements must get exactly the settings its code reads."
  }
  assert {
    condition     = one([for s in jsondecode(module.finish_movements_schedule.policy).Statement : s if s.Sid == "InvokeTheFunction"]).Resource == ["arn:aws:lambda:eu-central-1:123456789012:function:finish"]
    error_message = "The schedule must invoke finish_movements and nothing else."
  }
}

run "a_refund_that_failed_for_good_alarms_and_names_its_runbook" {
  command = plan

  variables {
    platform = merge(var.platform, { alarms_enabled = true })
  }

  assert {
    condition     = one([for alarm in aws_cloudwatch_metric_alarm.refunds_failed : [alarm.namespace, alarm.metric_name, alarm.dimensions["service"], alarm.threshold]]) == ["Orderflow", "RefundsFailed", "orders", 0]
    error_message = "The first failed refund must alarm, on the metric that the functions count."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.refunds_failed : alarm.alarm_actions == toset([var.platform.alarm_topic_arn]) && strcontains(alarm.alarm_description, "docs/runbooks/refunds-failed.md")])
    error_message = "It must tell whoever is on call what to do."
  }
}

run "a_reservations_table_that_is_none_is_refused" {
  command = plan

  variables {
    reservations_table = { name = "x", arn = "x" }
  }

  expect_failures = [var.reservations_table]
}

run "a_stock_table_that_is_none_is_refused" {
  command = plan

  variables {
    stock_table = { name = "x", arn = "x" }
  }

  expect_failures = [var.stock_table]
}

run "refunds_without_a_table_or_an_adapter_are_refused" {
  command = plan

  variables {
    refunds = { payments_table = { name = "x", arn = "x" }, environment = {}, statements = [] }
  }

  expect_failures = [var.refunds]
}
