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

run "holding_an_order_writes_it_and_asks_the_shops_people" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.request_review.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog              = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      HoldTheOrderAndKeepTheToken = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      AskForAReview               = [["sns:Publish"], ["arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-review"]]
      TellTheAuditTrail           = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "request_review must be allowed exactly what its code does."
  }
}

run "deciding_reads_and_writes_the_order_and_tells_this_workflow_only" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.review_order.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog               = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheOrderAndDecideAboutIt = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      TellTheWorkflowThatWaits     = [["states:SendTaskFailure", "states:SendTaskHeartbeat", "states:SendTaskSuccess"], ["arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-order-processing"]]
      TellTheAuditTrail            = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "review_order must be allowed exactly what its code does."
  }
}

run "nobody_is_asked_unless_the_environment_says_from_what_amount_on" {
  command = plan

  assert {
    condition     = strcontains(module.order_processing.definition, "States.StringToJson('0')")
    error_message = "Without a threshold, no order may wait."
  }
}

run "threshold_deadline_and_heartbeat_are_rendered_as_numbers" {
  command = plan

  variables {
    review_threshold        = 100000
    review_deadline_seconds = 86400
  }

  assert {
    condition     = alltrue([for number in ["100000", "86400", "21600"] : strcontains(module.order_processing.definition, "States.StringToJson('${number}')")])
    error_message = "The heartbeat must be a quarter of the deadline."
  }
}

run "a_short_deadline_leaves_the_heartbeat_just_below_it" {
  command = plan

  variables {
    review_deadline_seconds = 60
  }

  assert {
    condition     = local.review_heartbeat_seconds == 59
    error_message = "A heartbeat must be shorter than the deadline."
  }
}

run "the_longest_deadline_fits_into_the_workflows_own_timeout" {
  command = plan

  variables {
    review_deadline_seconds = 604800
  }

  assert {
    condition     = jsondecode(module.order_processing.definition).TimeoutSeconds >= 604800 + 3600 && local.review_heartbeat_seconds == 151200
    error_message = "Whoever decides in the last minute must find a workflow that can still finish."
  }
}

run "a_longer_deadline_is_refused" {
  command = plan

  variables {
    review_deadline_seconds = 604801
  }

  expect_failures = [var.review_deadline_seconds]
}

run "a_deadline_below_a_minute_is_refused" {
  command = plan

  variables {
    review_deadline_seconds = 59
  }

  expect_failures = [var.review_deadline_seconds]
}

run "a_threshold_that_is_no_whole_number_of_minor_units_is_refused" {
  command = plan

  variables {
    review_threshold = 99.5
  }

  expect_failures = [var.review_threshold]
}

run "a_threshold_below_zero_is_refused" {
  command = plan

  variables {
    review_threshold = -1
  }

  expect_failures = [var.review_threshold]
}
