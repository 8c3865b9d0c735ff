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

run "a_wildcard_action_is_refused" {
  command = plan

  variables {
    statements = [{ sid = "ReadTheOrder", actions = ["dynamodb:*"], resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/x"] }]
  }

  expect_failures = [var.statements]
}

run "every_resource_without_a_condition_is_refused" {
  command = plan

  variables {
    statements = [{ sid = "ReadTheOrder", actions = ["dynamodb:GetItem"], resources = ["*"] }]
  }

  expect_failures = [var.statements]
}

run "a_statement_without_resources_is_refused" {
  command = plan

  variables {
    statements = [{ sid = "ReadTheOrder", actions = ["dynamodb:GetItem"], resources = [] }]
  }

  expect_failures = [var.statements]
}

run "a_sid_that_is_no_sentence_is_refused" {
  command = plan

  variables {
    statements = [{ sid = "read_order", actions = ["dynamodb:GetItem"], resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/x"] }]
  }

  expect_failures = [var.statements]
}

run "a_sid_that_occurs_twice_is_refused" {
  command = plan

  variables {
    statements = [{ sid = "ReadTheOrder", actions = ["dynamodb:GetItem"], resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/x"] }, { sid = "ReadTheOrder", actions = ["dynamodb:GetItem"], resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/x"] }]
  }

  expect_failures = [var.statements]
}

run "a_zip_that_was_not_built_is_refused" {
  command = plan

  variables {
    operation = "never_built"
  }

  expect_failures = [var.operation]
}

run "an_operation_in_dashes_is_refused" {
  command = plan

  variables {
    operation = "get-order"
  }

  expect_failures = [var.operation]
}

run "a_context_of_two_words_is_refused" {
  command = plan

  variables {
    context = "order_processing"
  }

  expect_failures = [var.context]
}

run "a_function_without_description_is_refused" {
  command = plan

  variables {
    description = ""
  }

  expect_failures = [var.description]
}

run "a_setting_in_lower_case_is_refused" {
  command = plan

  variables {
    environment = { orders_table = "x" }
  }

  expect_failures = [var.environment]
}

run "a_timeout_beyond_lambdas_limit_is_refused" {
  command = plan

  variables {
    timeout_seconds = 901
  }

  expect_failures = [var.timeout_seconds]
}

run "memory_below_lambdas_limit_is_refused" {
  command = plan

  variables {
    memory_mb = 64
  }

  expect_failures = [var.memory_mb]
}

run "a_dead_letter_that_is_no_queue_is_refused" {
  command = plan

  variables {
    dead_letter_queue_arn = "arn:aws:sns:eu-central-1:123456789012:topic"
  }

  expect_failures = [var.dead_letter_queue_arn]
}

run "an_unknown_runtime_is_refused" {
  command = plan

  variables {
    platform = merge(var.platform, { runtime = "python3.9" })
  }

  expect_failures = [var.platform]
}

run "an_alarm_that_tells_nobody_is_refused" {
  command = plan

  variables {
    platform = merge(var.platform, { alarms_enabled = true, alarm_topic_arn = "" })
  }

  expect_failures = [var.platform]
}

run "a_platform_without_key_is_refused" {
  command = plan

  variables {
    platform = merge(var.platform, { kms_key_arn = "" })
  }

  expect_failures = [var.platform]
}

run "an_unknown_architecture_is_refused" {
  command = plan

  variables {
    platform = merge(var.platform, { architecture = "mips" })
  }

  expect_failures = [var.platform]
}

run "an_unknown_log_level_is_refused" {
  command = plan

  variables {
    platform = merge(var.platform, { log_level = "LOUD" })
  }

  expect_failures = [var.platform]
}

run "an_account_that_is_none_is_refused" {
  command = plan

  variables {
    platform = merge(var.platform, { account_id = "1" })
  }

  expect_failures = [var.platform]
}

run "a_prefix_that_cannot_start_a_name_is_refused" {
  command = plan

  variables {
    platform = merge(var.platform, { name_prefix = "Order_Flow" })
  }

  expect_failures = [var.platform]
}
