# The functions of profiles: what each may do, and the settings it gets.
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

override_resource {
  target          = module.pictures_bucket.aws_s3_bucket.this
  override_during = plan
  values = {
    id  = "orderflow-test-profile-pictures-123456789012"
    arn = "arn:aws:s3:::orderflow-test-profile-pictures-123456789012"
  }
}

run "creating_a_user_adds_a_profile_with_its_claim_and_finds_or_makes_the_account" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.create_user.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                  = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      AddTheProfileAndClaimItsAddress = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/customers"]]
      TellTheAuditTrail               = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
      FindInviteAndEnrolAccounts      = [["cognito-idp:AdminAddUserToGroup", "cognito-idp:AdminCreateUser", "cognito-idp:AdminGetUser"], ["arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_test"]]
    }
    error_message = "create_user must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.create_user.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CUSTOMERS_TABLE" = "orderflow-test-customers", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "USER_POOL_ID" = "eu-central-1_test" }
    error_message = "create_user must get exactly the settings its code reads."
  }
}

run "reading_a_user_can_write_nothing" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.get_user.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog             = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheProfile             = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/customers"]]
      SignTheAddressOfItsPicture = [["s3:GetObject"], ["arn:aws:s3:::orderflow-test-profile-pictures-123456789012/pictures/*"]]
    }
    error_message = "get_user must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.get_user.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CUSTOMERS_TABLE" = "orderflow-test-customers", "PROFILE_PICTURES_BUCKET" = "orderflow-test-profile-pictures-123456789012" }
    error_message = "get_user must get exactly the settings its code reads."
  }
}

run "listing_users_queries_indexes_and_can_write_nothing" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.list_users.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog       = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ListProfilesByIndex  = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/customers/index/all-by-created", "arn:aws:dynamodb:eu-central-1:123456789012:table/customers/index/all-by-email", "arn:aws:dynamodb:eu-central-1:123456789012:table/customers/index/all-by-name"]]
      SignAndVerifyCursors = [["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor"]]
    }
    error_message = "list_users must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.list_users.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CUSTOMERS_TABLE" = "orderflow-test-customers", "CURSOR_SECRET_ARN" = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor" }
    error_message = "list_users must get exactly the settings its code reads."
  }
}

run "changing_a_user_moves_no_claim_before_the_new_address_is_proven" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.update_user.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog             = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadAndChangeTheProfile    = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/customers"]]
      TellTheAuditTrail          = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
      SendTheCodeToTheNewAddress = [["cognito-idp:AdminUpdateUserAttributes"], ["arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_test"]]
    }
    error_message = "update_user must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.update_user.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CUSTOMERS_TABLE" = "orderflow-test-customers", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "USER_POOL_ID" = "eu-central-1_test", "AUTO_CONFIRM_CUSTOMERS" = "false" }
    error_message = "update_user must get exactly the settings its code reads."
  }
}

run "where_nothing_is_delivered_a_new_address_counts_at_once" {
  command = plan

  variables {
    auto_confirm_customers = true
  }

  assert {
    condition = { for s in jsondecode(module.update_user.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog               = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadAndChangeTheProfile      = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/customers"]]
      TellTheAuditTrail            = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
      SendTheCodeToTheNewAddress   = [["cognito-idp:AdminUpdateUserAttributes"], ["arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_test"]]
      MoveTheClaimToAnotherAddress = [["dynamodb:DeleteItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/customers"]]
      CompareWithTheAccount        = [["cognito-idp:AdminGetUser"], ["arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_test"]]
    }
    error_message = "update_user must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.update_user.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CUSTOMERS_TABLE" = "orderflow-test-customers", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "USER_POOL_ID" = "eu-central-1_test", "AUTO_CONFIRM_CUSTOMERS" = "true" }
    error_message = "update_user must get exactly the settings its code reads."
  }
}

run "confirming_a_new_address_moves_the_claim_and_asks_the_pool_with_the_customers_own_token" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.confirm_email_change.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog               = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadAndChangeTheProfile      = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/customers"]]
      MoveTheClaimToAnotherAddress = [["dynamodb:DeleteItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/customers"]]
      TellTheAuditTrail            = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "confirm_email_change must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.confirm_email_change.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CUSTOMERS_TABLE" = "orderflow-test-customers", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail" }
    error_message = "confirm_email_change must get exactly the settings its code reads."
  }
}

run "deleting_a_user_hides_the_profile_frees_the_address_and_ends_the_account" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.delete_user.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog        = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadAndHideTheProfile = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/customers"]]
      FreeItsAddress        = [["dynamodb:DeleteItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/customers"]]
      TellTheAuditTrail     = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
      EndTheAccount         = [["cognito-idp:AdminDeleteUser"], ["arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_test"]]
      FindItsPictures       = [["s3:ListBucket"], ["arn:aws:s3:::orderflow-test-profile-pictures-123456789012"]]
      RemoveItsPictures     = [["s3:DeleteObject"], ["arn:aws:s3:::orderflow-test-profile-pictures-123456789012/pictures/*", "arn:aws:s3:::orderflow-test-profile-pictures-123456789012/uploads/*"]]
    }
    error_message = "delete_user must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.delete_user.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CUSTOMERS_TABLE" = "orderflow-test-customers", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "USER_POOL_ID" = "eu-central-1_test", "DELETED_USER_RETENTION_DAYS" = "30", "PROFILE_PICTURES_BUCKET" = "orderflow-test-profile-pictures-123456789012" }
    error_message = "delete_user must get exactly the settings its code reads."
  }
}

run "the_trigger_adds_a_profile_with_its_claim_and_nothing_else" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.open_profile.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                  = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      AddTheProfileAndClaimItsAddress = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/customers"]]
      TellTheAuditTrail               = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "open_profile must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.open_profile.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CUSTOMERS_TABLE" = "orderflow-test-customers", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail" }
    error_message = "open_profile must get exactly the settings its code reads."
  }
}

run "whatever_reads_users_holds_no_action_that_writes" {
  command = plan

  assert {
    condition = [
      for action in flatten([for policy in [module.get_user.policy, module.list_users.policy] : jsondecode(policy).Statement[*].Action]) :
      action if !can(regex("^(logs:(CreateLogStream|PutLogEvents)|dynamodb:(GetItem|Query)|s3:GetObject|secretsmanager:GetSecretValue)$", action))
    ] == []
    error_message = "A function that reads must not be able to write."
  }
}

run "only_this_pool_of_this_account_may_call_the_trigger" {
  command = plan

  assert {
    condition = (
      aws_lambda_permission.user_pool.principal == "cognito-idp.amazonaws.com"
      && aws_lambda_permission.user_pool.source_arn == var.user_pool.arn
      && aws_lambda_permission.user_pool.source_account == "123456789012"
    )
    error_message = "Another pool could open profiles here."
  }
}

run "a_retention_of_no_days_is_refused" {
  command = plan

  variables {
    deleted_user_retention_days = 0
  }

  expect_failures = [var.deleted_user_retention_days]
}

run "half_a_day_of_retention_is_refused" {
  command = plan

  variables {
    deleted_user_retention_days = 1.5
  }

  expect_failures = [var.deleted_user_retention_days]
}

run "a_cursor_secret_that_is_none_is_refused" {
  command = plan

  variables {
    cursor_secret_arn = "a secret"
  }

  expect_failures = [var.cursor_secret_arn]
}
