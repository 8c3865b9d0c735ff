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
    reserved_concurrency = {}
    cors_allow_origins   = ["https://shop.example.com", "https://admin.example.com"]
    tracing_enabled      = false
    alarms_enabled       = false
    alarm_topic_arn      = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-alarms"
    deletion_protection  = true
  }

  cursor_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor"
  audit_trail_table = { name = "orderflow-test-audit-trail", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail" }
  checkout_mode     = "standard"
}

override_resource {
  target          = module.client_keys_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"
    name = "orderflow-test-client-keys"
  }
}

run "the_authorizer_may_look_one_key_up_and_nothing_else" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.authorize_client.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      LookTheKeyUp   = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"], null]
    }
    error_message = "authorize_client must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.authorize_client.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys", "CHECKOUT_MODE" = "standard" }
    error_message = "authorize_client must get exactly the settings its code reads."
  }
}

run "issuing_a_key_can_change_no_other" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.create_client_key.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog              = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      AddTheKeyItsCountAndItsName = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"], null]
      SayWhoHasTheNameAlready     = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"], null]
      TellTheAuditTrail           = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"], null]
    }
    error_message = "create_client_key must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.create_client_key.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail" }
    error_message = "create_client_key must get exactly the settings its code reads."
  }
}

run "rotating_a_key_removes_nothing" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.rotate_client_key.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog                        = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      ReadAndReplaceTheKeyAndWhatCountsOfIt = [["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"], null]
      TellTheAuditTrail                     = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"], null]
    }
    error_message = "rotate_client_key must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.rotate_client_key.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail" }
    error_message = "rotate_client_key must get exactly the settings its code reads."
  }
}

run "revoking_a_key_removes_its_name_only" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.revoke_client_key.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog                        = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      ReadAndReplaceTheKeyAndWhatCountsOfIt = [["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"], null]
      FreeItsName                           = [["dynamodb:DeleteItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"], { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["name#*"] } }]
      TellTheAuditTrail                     = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"], null]
    }
    error_message = "revoke_client_key must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.revoke_client_key.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail" }
    error_message = "revoke_client_key must get exactly the settings its code reads."
  }
}

run "showing_a_key_can_write_nothing" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.get_client_key.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog             = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      ReadTheKeyAndWhenItWasUsed = [["dynamodb:BatchGetItem", "dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"], null]
    }
    error_message = "get_client_key must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.get_client_key.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys" }
    error_message = "get_client_key must get exactly the settings its code reads."
  }
}

run "listing_keys_queries_the_index_only" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.list_client_keys.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog                   = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      ListKeysNewestFirst              = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys/index/newest"], null]
      ReadWhenTheKeysOfThePageWereUsed = [["dynamodb:BatchGetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"], null]
      SignAndVerifyCursors             = [["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor"], null]
    }
    error_message = "list_client_keys must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.list_client_keys.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys", "CURSOR_SECRET_ARN" = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor" }
    error_message = "list_client_keys must get exactly the settings its code reads."
  }
}

run "a_machine_that_asks_about_its_key_is_counted_and_changes_nothing_of_the_key" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.get_current_client_key.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog             = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      ReadTheKeyAndWhenItWasUsed = [["dynamodb:BatchGetItem", "dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"], null]
      CountTheRequestsOfKeys     = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"], { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["use#*"] } }]
    }
    error_message = "get_current_client_key must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.get_current_client_key.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys" }
    error_message = "get_current_client_key must get exactly the settings its code reads."
  }
}

run "the_api_finds_every_function_by_its_operation" {
  command = plan

  assert {
    condition = { for operation, function in output.functions : operation => function.function_name } == {
      authorize_client       = "orderflow-test-authorize-client"
      create_client_key      = "orderflow-test-create-client-key"
      get_client_key         = "orderflow-test-get-client-key"
      get_current_client_key = "orderflow-test-get-current-client-key"
      list_client_keys       = "orderflow-test-list-client-keys"
      revoke_client_key      = "orderflow-test-revoke-client-key"
      rotate_client_key      = "orderflow-test-rotate-client-key"
    }
    error_message = "Each operation must name its own function."
  }
  assert {
    condition     = output.client_keys_table == { name = "orderflow-test-client-keys", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys" }
    error_message = "Whoever serves machines must find the table that counts their requests."
  }
}

run "a_cursor_secret_that_is_no_secret_is_refused" {
  command = plan

  variables {
    cursor_secret_arn = "secret"
  }

  expect_failures = [var.cursor_secret_arn]
}

run "an_audit_trail_that_is_no_table_is_refused" {
  command = plan

  variables {
    audit_trail_table = { name = "x", arn = "x" }
  }

  expect_failures = [var.audit_trail_table]
}

run "a_checkout_mode_that_is_none_is_refused" {
  command = plan

  variables {
    checkout_mode = "loose"
  }

  expect_failures = [var.checkout_mode]
}
