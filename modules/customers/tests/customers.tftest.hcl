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

  user_pool = { id = "eu-central-1_test", arn = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_test", client_id = "client" }
}

override_resource {
  target          = module.customers_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/customers"
    name = "orderflow-test-customers"
  }
}

override_resource {
  target          = module.audit_trail_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"
    name = "orderflow-test-audit-trail"
  }
}

run "registering_may_put_customers_into_their_group" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.register_customer.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      PutNewCustomersIntoTheirGroup = [["cognito-idp:AdminAddUserToGroup"], ["arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_test"]]
    }
    error_message = "register_customer must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.register_customer.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "USER_POOL_ID" = "eu-central-1_test", "USER_POOL_CLIENT_ID" = "client", "AUTO_CONFIRM_CUSTOMERS" = "false" }
    error_message = "register_customer must get exactly the settings its code reads."
  }
}

run "logging_in_needs_no_permission_of_ours" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.login_customer.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
    }
    error_message = "login_customer must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.login_customer.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "USER_POOL_CLIENT_ID" = "client" }
    error_message = "login_customer must get exactly the settings its code reads."
  }
}

run "the_one_door_may_do_what_registering_may" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.authenticate_customer.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      PutNewCustomersIntoTheirGroup = [["cognito-idp:AdminAddUserToGroup"], ["arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_test"]]
    }
    error_message = "authenticate_customer must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.authenticate_customer.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "USER_POOL_ID" = "eu-central-1_test", "USER_POOL_CLIENT_ID" = "client", "AUTO_CONFIRM_CUSTOMERS" = "false" }
    error_message = "authenticate_customer must get exactly the settings its code reads."
  }
}

run "only_auto_confirmation_may_confirm_for_the_customer" {
  command = plan

  variables {
    auto_confirm_customers = true
  }

  assert {
    condition = { for s in jsondecode(module.register_customer.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                  = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      PutNewCustomersIntoTheirGroup   = [["cognito-idp:AdminAddUserToGroup"], ["arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_test"]]
      AddTheProfileAndClaimItsAddress = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/customers"]]
      TellTheAuditTrail               = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
      ConfirmNewCustomersWithoutMail  = [["cognito-idp:AdminConfirmSignUp", "cognito-idp:AdminUpdateUserAttributes"], ["arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_test"]]
    }
    error_message = "register_customer must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.register_customer.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "USER_POOL_ID" = "eu-central-1_test", "USER_POOL_CLIENT_ID" = "client", "AUTO_CONFIRM_CUSTOMERS" = "true", "CUSTOMERS_TABLE" = "orderflow-test-customers", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail" }
    error_message = "register_customer must get exactly the settings its code reads."
  }
}

run "the_audit_trail_is_found_by_its_environment_and_nobody_rewrites_it" {
  command = plan

  assert {
    condition     = output.audit_trail_table.name == "orderflow-test-audit-trail"
    error_message = "Whoever changes something must find the trail of its own environment."
  }
  assert {
    condition     = jsondecode(module.audit_trail_table.policy).Statement[0].Sid == "NobodyChangesOrRemovesAnEntry"
    error_message = "A trail that can be rewritten proves nothing."
  }
  assert {
    condition     = keys(module.audit_trail_table.index_arns) == ["by-owner"]
    error_message = "People ask for what concerns them, by an index."
  }
}

run "the_api_finds_every_function_by_its_operation" {
  command = plan

  assert {
    condition = { for operation, function in output.functions : operation => function.function_name } == {
      authenticate_customer = "orderflow-test-authenticate-customer"
      list_audit_entries    = "orderflow-test-list-audit-entries"
      create_picture_upload = "orderflow-test-create-picture-upload"
      check_picture         = "orderflow-test-check-picture"
      confirm_email_change  = "orderflow-test-confirm-email-change"
      create_user           = "orderflow-test-create-user"
      delete_user           = "orderflow-test-delete-user"
      get_user              = "orderflow-test-get-user"
      list_users            = "orderflow-test-list-users"
      login_customer        = "orderflow-test-login-customer"
      open_profile          = "orderflow-test-open-profile"
      register_customer     = "orderflow-test-register-customer"
      update_user           = "orderflow-test-update-user"
    }
    error_message = "Each operation must name its own function."
  }
}

run "a_user_pool_that_is_none_is_refused" {
  command = plan

  variables {
    user_pool = { id = "x", arn = "x", client_id = "x" }
  }

  expect_failures = [var.user_pool]
}

run "an_undecided_confirmation_is_refused" {
  command = plan

  variables {
    auto_confirm_customers = null
  }

  expect_failures = [var.auto_confirm_customers]
}
