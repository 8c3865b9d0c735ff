# Profile pictures and the audit trail: what their functions may do, and what S3 calls.
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

override_resource {
  target          = module.check_picture.aws_lambda_function.this
  override_during = plan
  values = {
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:check"
  }
}

override_resource {
  target          = module.picture_dead_letters.aws_sqs_queue.this
  override_during = plan
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-profile-pictures-dlq"
  }
}

run "reading_the_trail_queries_an_owners_entries_and_nothing_else" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.list_audit_entries.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog          = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadWhatConcernsAPerson = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail/index/by-owner"]]
      SignAndVerifyCursors    = [["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor"]]
    }
    error_message = "list_audit_entries must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.list_audit_entries.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "CURSOR_SECRET_ARN" = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor" }
    error_message = "list_audit_entries must get exactly the settings its code reads."
  }
}

run "an_upload_goes_where_nothing_is_shown_from" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.create_picture_upload.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog        = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheProfile        = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/customers"]]
      SignUploadsOfPictures = [["s3:PutObject"], ["arn:aws:s3:::orderflow-test-profile-pictures-123456789012/uploads/*"]]
    }
    error_message = "create_picture_upload must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.create_picture_upload.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CUSTOMERS_TABLE" = "orderflow-test-customers", "PROFILE_PICTURES_BUCKET" = "orderflow-test-profile-pictures-123456789012" }
    error_message = "create_picture_upload must get exactly the settings its code reads."
  }
}

run "what_looks_at_a_picture_may_show_or_remove_it_and_note_that_in_the_profile" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.check_picture.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                          = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      KeepFailedEvents                        = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-profile-pictures-dlq"]]
      LookAtUploadsAndRemoveThem              = [["s3:DeleteObject", "s3:GetObject"], ["arn:aws:s3:::orderflow-test-profile-pictures-123456789012/uploads/*"]]
      ShowWhatIsAPictureAndRemoveTheOneBefore = [["s3:DeleteObject", "s3:PutObject"], ["arn:aws:s3:::orderflow-test-profile-pictures-123456789012/pictures/*"]]
      SeeWhatThereIs                          = [["s3:ListBucket"], ["arn:aws:s3:::orderflow-test-profile-pictures-123456789012"]]
      NoteThePictureInTheProfile              = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/customers"]]
      TellTheAuditTrail                       = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "check_picture must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.check_picture.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "CUSTOMERS_TABLE" = "orderflow-test-customers", "PROFILE_PICTURES_BUCKET" = "orderflow-test-profile-pictures-123456789012" }
    error_message = "check_picture must get exactly the settings its code reads."
  }
}

run "s3_calls_the_check_for_uploads_only" {
  command = plan

  assert {
    condition     = [for call in aws_s3_bucket_notification.pictures.lambda_function : [call.lambda_function_arn, call.events, call.filter_prefix]] == [["arn:aws:lambda:eu-central-1:123456789012:function:check", toset(["s3:ObjectCreated:*"]), "uploads/"]]
    error_message = "A picture that is shown must not be looked at again: that would never end."
  }
  assert {
    condition     = aws_lambda_permission.pictures_call_check_picture.principal == "s3.amazonaws.com" && aws_lambda_permission.pictures_call_check_picture.source_arn == "arn:aws:s3:::orderflow-test-profile-pictures-123456789012" && aws_lambda_permission.pictures_call_check_picture.source_account == "123456789012"
    error_message = "Only this bucket of this account may call the function."
  }
  assert {
    condition     = [for rule in aws_s3_bucket_cors_configuration.pictures.cors_rule : [rule.allowed_methods, rule.allowed_origins]] == [[toset(["GET", "POST"]), toset(["https://admin.example.com", "https://shop.example.com"])]]
    error_message = "Only the shop's own pages upload and show pictures."
  }
}
