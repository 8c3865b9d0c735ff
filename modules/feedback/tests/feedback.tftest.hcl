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

  cursor_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor"
  orders_table      = { name = "orderflow-test-orders", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders" }
  products_table    = { name = "orderflow-test-products", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/products" }
}

override_resource {
  target          = module.feedback_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/feedback"
    name = "orderflow-test-feedback"
  }
}

override_resource {
  target          = module.scheduled_dead_letters.aws_sqs_queue.this
  override_during = plan
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-scheduled-feedback-dlq"
  }
}

override_resource {
  target          = module.settle_feedback.aws_lambda_function.this
  override_during = plan
  values = {
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:settle"
  }
}

run "giving_feedback_reads_the_order_and_touches_nothing_but_ratings" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.give_feedback.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog            = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheOrder              = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      KeepTheFeedback           = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/feedback"]]
      AddToTheRatingsOfProducts = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
    }
    error_message = "give_feedback must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.give_feedback.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "FEEDBACK_TABLE" = "orderflow-test-feedback", "PRODUCTS_TABLE" = "orderflow-test-products", "ORDERS_TABLE" = "orderflow-test-orders" }
    error_message = "give_feedback must get exactly the settings its code reads."
  }
}

run "changing_feedback_needs_no_order" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.update_feedback.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog            = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadAndChangeTheFeedback  = [["dynamodb:PutItem", "dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/feedback"]]
      AddToTheRatingsOfProducts = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
    }
    error_message = "update_feedback must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.update_feedback.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "FEEDBACK_TABLE" = "orderflow-test-feedback", "PRODUCTS_TABLE" = "orderflow-test-products" }
    error_message = "update_feedback must get exactly the settings its code reads."
  }
}

run "removed_feedback_is_emptied_never_deleted" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.delete_feedback.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog            = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadAndEmptyTheFeedback   = [["dynamodb:PutItem", "dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/feedback"]]
      AddToTheRatingsOfProducts = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
    }
    error_message = "delete_feedback must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.delete_feedback.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "FEEDBACK_TABLE" = "orderflow-test-feedback", "PRODUCTS_TABLE" = "orderflow-test-products" }
    error_message = "delete_feedback must get exactly the settings its code reads."
  }
}

run "listing_feedback_queries_and_never_writes" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.list_feedback.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                  = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheOrder                    = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      ListFeedbackOfAnOrderOrAProduct = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/feedback", "arn:aws:dynamodb:eu-central-1:123456789012:table/feedback/index/by-product"]]
      SignAndVerifyCursors            = [["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor"]]
    }
    error_message = "list_feedback must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.list_feedback.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "FEEDBACK_TABLE" = "orderflow-test-feedback", "ORDERS_TABLE" = "orderflow-test-orders", "CURSOR_SECRET_ARN" = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor" }
    error_message = "list_feedback must get exactly the settings its code reads."
  }
}

run "settling_feedback_finds_what_is_due_by_its_index" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.settle_feedback.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                             = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      KeepFailedEvents                           = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-scheduled-feedback-dlq"]]
      FindFeedbackWhoseOrderMayStillChange       = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/feedback/index/by-due"]]
      ReadTheOrder                               = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      ReadTheFeedbackPutItsNextLookOffAndWriteIt = [["dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/feedback"]]
      AddToTheRatingsOfProducts                  = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
    }
    error_message = "settle_feedback must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.settle_feedback.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "FEEDBACK_TABLE" = "orderflow-test-feedback", "PRODUCTS_TABLE" = "orderflow-test-products", "ORDERS_TABLE" = "orderflow-test-orders" }
    error_message = "settle_feedback must get exactly the settings its code reads."
  }
}

run "of_a_product_only_the_ratings_may_be_changed" {
  command = plan

  assert {
    condition = alltrue([
      for policy in [module.give_feedback.policy, module.update_feedback.policy, module.delete_feedback.policy, module.settle_feedback.policy] :
      one([for s in jsondecode(policy).Statement : s if s.Sid == "AddToTheRatingsOfProducts"]).Condition == { "ForAllValues:StringEquals" = { "dynamodb:Attributes" = ["productId", "ratingChanges", "ratingCount", "ratingTotal"] } }
    ])
    error_message = "Feedback must not be able to change a price."
  }
}

run "feedback_is_found_by_what_counts_and_by_what_is_due" {
  command = plan

  assert {
    condition     = keys(module.feedback_table.index_arns) == ["by-due", "by-product"]
    error_message = "Each way of finding feedback needs its index."
  }
}

run "feedback_follows_its_order_in_every_environment" {
  command = plan

  assert {
    condition     = module.settle_feedback_schedule.name == "orderflow-test-settle-feedback"
    error_message = "What waits for its order must be looked at."
  }
  assert {
    condition     = one([for s in jsondecode(module.settle_feedback_schedule.policy).Statement : s if s.Sid == "InvokeTheFunction"]).Resource == ["arn:aws:lambda:eu-central-1:123456789012:function:settle"]
    error_message = "The schedule must invoke settle_feedback and nothing else."
  }
}

run "the_functions_of_feedback_are_found_by_their_operations" {
  command = plan

  assert {
    condition = { for operation, function in output.functions : operation => function.function_name } == {
      for operation in ["delete_feedback", "give_feedback", "list_feedback", "settle_feedback", "update_feedback"] :
      operation => "orderflow-test-${replace(operation, "_", "-")}"
    }
    error_message = "Each operation must name its own function."
  }
}

run "a_cursor_secret_that_is_no_secret_is_refused" {
  command = plan

  variables {
    cursor_secret_arn = "s3cret"
  }

  expect_failures = [var.cursor_secret_arn]
}

run "tables_that_are_no_tables_are_refused" {
  command = plan

  variables {
    orders_table   = { name = "orders", arn = "orders" }
    products_table = { name = "products", arn = "products" }
  }

  expect_failures = [var.orders_table, var.products_table]
}
