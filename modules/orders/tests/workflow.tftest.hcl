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

run "the_workflow_may_do_what_its_states_do_and_nothing_else" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.order_processing.policy).Statement : s.Sid => [s.Action, s.Resource] if s.Sid != "DeliverItsLog" } == {
      ClaimLoadAndRecordTheOrder       = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      RunTheStepsAndTheirCompensations = [["lambda:InvokeFunction"], ["arn:aws:lambda:eu-central-1:123456789012:function:outcome", "arn:aws:lambda:eu-central-1:123456789012:function:refund", "arn:aws:lambda:eu-central-1:123456789012:function:release", "arn:aws:lambda:eu-central-1:123456789012:function:reserve"]]
      StartThePayment                  = [["states:StartExecution"], ["arn:aws:states:eu-central-1:123456789012:stateMachine:orderflow-test-payment"]]
      FollowAndStopThePayment          = [["states:DescribeExecution", "states:StopExecution"], ["arn:aws:states:eu-central-1:123456789012:execution:orderflow-test-payment:*"]]
      HearOfTheEndOfThePayment         = [["events:DescribeRule", "events:PutRule", "events:PutTargets"], ["arn:aws:events:eu-central-1:123456789012:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"]]
      TellHowTheOrderEnded             = [["sns:Publish"], ["arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed", "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-failed"]]
      HaveAnOrderReviewed              = [["lambda:InvokeFunction"], ["arn:aws:lambda:eu-central-1:123456789012:function:request-review"]]
      CountOrdersThatFailed            = [["cloudwatch:PutMetricData"], ["*"]]
    }
    error_message = "order_processing must be allowed exactly what its states do."
  }
  assert {
    condition     = one([for s in jsondecode(module.order_processing.policy).Statement : s if s.Sid == "CountOrdersThatFailed"]).Condition == { StringEquals = { "cloudwatch:namespace" = ["Orderflow"] } }
    error_message = "Metrics have no ARN: the namespace must narrow them."
  }
}

run "the_cancellation_may_give_back_and_tell_and_nothing_else" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.order_cancellation.policy).Statement : s.Sid => [s.Action, s.Resource] if s.Sid != "DeliverItsLog" } == {
      CancelLoadAndRecordTheOrder       = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      GiveBackMoneyAndStock             = [["lambda:InvokeFunction"], ["arn:aws:lambda:eu-central-1:123456789012:function:refund", "arn:aws:lambda:eu-central-1:123456789012:function:release"]]
      TellThatTheOrderIsCancelled       = [["sns:Publish"], ["arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-failed"]]
      CountCancellationsThatNeedAPerson = [["cloudwatch:PutMetricData"], ["*"]]
    }
    error_message = "order_cancellation must be allowed exactly what its states do."
  }
  assert {
    condition     = one([for s in jsondecode(module.order_cancellation.policy).Statement : s if s.Sid == "CountCancellationsThatNeedAPerson"]).Condition == { StringEquals = { "cloudwatch:namespace" = ["Orderflow"] } }
    error_message = "Metrics have no ARN: the namespace must narrow them."
  }
  assert {
    condition     = !strcontains(module.order_cancellation.definition, "$${") && alltrue([for name in [var.step_function_arns.refund_payment, var.step_function_arns.release_stock, "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-failed", "\"orderflow-test-orders\""] : strcontains(module.order_cancellation.definition, name)])
    error_message = "The definition must be rendered with every real name."
  }
}

run "the_definition_is_rendered_with_every_real_name" {
  command = plan

  assert {
    condition     = !strcontains(module.order_processing.definition, "$${")
    error_message = "No placeholder may be left in the definition."
  }
  assert {
    condition     = alltrue([for name in concat(values(var.step_function_arns), [var.payment_state_machine_arn, "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed", "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-failed", "\"orderflow-test-orders\""]) : strcontains(module.order_processing.definition, name)])
    error_message = "Each function, topic and table must be in the definition."
  }
}

run "what_needs_a_person_alarms_whoever_is_on_call" {
  command = plan

  variables {
    platform = merge(var.platform, { alarms_enabled = true })
  }

  assert {
    condition     = { for name, alarm in aws_cloudwatch_metric_alarm.needs_a_person : name => "${alarm.namespace} ${alarm.metric_name}" } == { cancellations-incomplete = "Orderflow CancellationsIncomplete", orders-failed = "Orderflow OrdersFailed", order-notices-lost = "Orderflow OrderNoticesLost" }
    error_message = "A failed order, an incomplete cancellation and a lost notice must alarm, on the metric the workflow counts."
  }
  assert {
    condition     = alltrue([for name, alarm in aws_cloudwatch_metric_alarm.needs_a_person : alarm.threshold == 0 && alarm.comparison_operator == "GreaterThanThreshold" && alarm.alarm_actions == toset([var.platform.alarm_topic_arn]) && strcontains(alarm.alarm_description, "docs/runbooks/${name}.md")])
    error_message = "The first one must alarm, through the alarm topic, and name its runbook."
  }
}

run "without_alarms_there_is_none" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.needs_a_person) == 0
    error_message = "No alarm may be made where alarms are off."
  }
}

run "the_api_finds_every_function_by_its_operation" {
  command = plan

  assert {
    condition = { for operation, function in output.functions : operation => function.function_name } == {
      cancel_order         = "orderflow-test-cancel-order"
      deliver_order        = "orderflow-test-deliver-order"
      finish_movements     = "orderflow-test-finish-movements"
      request_review       = "orderflow-test-request-review"
      review_order         = "orderflow-test-review-order"
      get_order            = "orderflow-test-get-order"
      list_orders          = "orderflow-test-list-orders"
      place_order          = "orderflow-test-place-order"
      refund_order         = "orderflow-test-refund-order"
      return_order         = "orderflow-test-return-order"
      ship_order           = "orderflow-test-ship-order"
      start_order_workflow = "orderflow-test-start-order-workflow"
      sweep_orders         = "orderflow-test-sweep-orders"
      update_order         = "orderflow-test-update-order"
    }
    error_message = "Each operation must name its own function."
  }
}
