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

  api_url           = "https://{apiId}.execute-api.eu-central-1.amazonaws.com/{stage}"
  client_keys_table = { name = "orderflow-test-client-keys", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys" }
  currency          = "EUR"
  idempotency_table = { name = "orderflow-test-idempotency", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/idempotency" }
  mode              = "standard"
  order_queue       = { arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-orders", url = "https://sqs.eu-central-1.amazonaws.com/123456789012/orderflow-test-orders" }
  order_topic_arns  = { completed = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-completed", failed = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-order-failed" }
  orders_table      = { name = "orderflow-test-orders", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders" }
  payment_provider  = "sandbox"
  price_tables      = "default"
  products_table    = { name = "orderflow-test-products", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/products" }
  session_seconds   = 3600
  shop_url          = "https://shop.example.com"
  stock_table       = { name = "orderflow-test-stock", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/stock" }
}

override_resource {
  target          = module.webhook_endpoints_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-endpoints"
    name = "orderflow-test-webhook-endpoints"
  }
}

run "making_an_endpoint_can_change_no_other" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.create_webhook_endpoint.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog                    = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      AddTheEndpointAndTheClaimToItsUrl = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-endpoints"], null]
      EncryptTheSecret                  = [["kms:Encrypt"], ["arn:aws:kms:eu-central-1:123456789012:key/test"], { StringEquals = { "kms:EncryptionContext:purpose" = ["webhook-signing"] } }]
      FindTheKeyOfTheClient             = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"], null]
      SayWhoHasTheUrlAlready            = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-endpoints"], null]
      TellTheAuditTrail                 = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"], null]
    }
    error_message = "create_webhook_endpoint must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.create_webhook_endpoint.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "WEBHOOK_ENDPOINTS_TABLE" = "orderflow-test-webhook-endpoints", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "WEBHOOK_LOOPBACK_ALLOWED" = "false", "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys", "KMS_KEY_ARN" = "arn:aws:kms:eu-central-1:123456789012:key/test" }
    error_message = "create_webhook_endpoint must get exactly the settings its code reads."
  }
}

run "rotating_a_secret_removes_nothing_and_decrypts_nothing" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.rotate_webhook_secret.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog            = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      EncryptTheSecret          = [["kms:Encrypt"], ["arn:aws:kms:eu-central-1:123456789012:key/test"], { StringEquals = { "kms:EncryptionContext:purpose" = ["webhook-signing"] } }]
      ReadAndReplaceTheEndpoint = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-endpoints"], null]
      TellTheAuditTrail         = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"], null]
    }
    error_message = "rotate_webhook_secret must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.rotate_webhook_secret.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "WEBHOOK_ENDPOINTS_TABLE" = "orderflow-test-webhook-endpoints", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "KMS_KEY_ARN" = "arn:aws:kms:eu-central-1:123456789012:key/test" }
    error_message = "rotate_webhook_secret must get exactly the settings its code reads."
  }
}

run "changing_an_endpoint_removes_the_claim_to_its_url_only" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.update_webhook_endpoint.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog                               = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      FreeTheUrlBefore                             = [["dynamodb:DeleteItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-endpoints"], { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["url#*"] } }]
      ReadAndReplaceTheEndpointAndTheClaimToItsUrl = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-endpoints"], null]
      TellTheAuditTrail                            = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"], null]
    }
    error_message = "update_webhook_endpoint must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.update_webhook_endpoint.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "WEBHOOK_ENDPOINTS_TABLE" = "orderflow-test-webhook-endpoints", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "WEBHOOK_LOOPBACK_ALLOWED" = "false" }
    error_message = "update_webhook_endpoint must get exactly the settings its code reads."
  }
}

run "removing_an_endpoint_writes_none" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.delete_webhook_endpoint.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog                        = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      ReadAndRemoveTheEndpointAndFreeItsUrl = [["dynamodb:DeleteItem", "dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-endpoints"], null]
      TellTheAuditTrail                     = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"], null]
    }
    error_message = "delete_webhook_endpoint must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.delete_webhook_endpoint.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "WEBHOOK_ENDPOINTS_TABLE" = "orderflow-test-webhook-endpoints", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail" }
    error_message = "delete_webhook_endpoint must get exactly the settings its code reads."
  }
}

run "showing_an_endpoint_can_write_nothing" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.get_webhook_endpoint.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog  = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      ReadTheEndpoint = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-endpoints"], null]
    }
    error_message = "get_webhook_endpoint must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.get_webhook_endpoint.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "WEBHOOK_ENDPOINTS_TABLE" = "orderflow-test-webhook-endpoints" }
    error_message = "get_webhook_endpoint must get exactly the settings its code reads."
  }
}

run "listing_endpoints_queries_the_index_only" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.list_webhook_endpoints.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog           = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      ListEndpointsNewestFirst = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-endpoints/index/newest"], null]
      SignAndVerifyCursors     = [["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor"], null]
    }
    error_message = "list_webhook_endpoints must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.list_webhook_endpoints.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "WEBHOOK_ENDPOINTS_TABLE" = "orderflow-test-webhook-endpoints", "CURSOR_SECRET_ARN" = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor" }
    error_message = "list_webhook_endpoints must get exactly the settings its code reads."
  }
}

run "the_local_stack_may_send_webhooks_to_itself" {
  command = plan

  variables {
    webhook_loopback_allowed = true
  }

  assert {
    condition     = module.create_webhook_endpoint.environment["WEBHOOK_LOOPBACK_ALLOWED"] == "true" && module.update_webhook_endpoint.environment["WEBHOOK_LOOPBACK_ALLOWED"] == "true"
    error_message = "Receivers of the local stack run on loopback."
  }
}

run "the_api_finds_the_functions_of_endpoints" {
  command = plan

  assert {
    condition = { for operation, function in output.functions : operation => function.function_name if strcontains(operation, "webhook") && !endswith(operation, "webhooks") } == {
      create_webhook_endpoint = "orderflow-test-create-webhook-endpoint"
      delete_webhook_endpoint = "orderflow-test-delete-webhook-endpoint"
      get_webhook_endpoint    = "orderflow-test-get-webhook-endpoint"
      list_webhook_endpoints  = "orderflow-test-list-webhook-endpoints"
      rotate_webhook_secret   = "orderflow-test-rotate-webhook-secret"
      update_webhook_endpoint = "orderflow-test-update-webhook-endpoint"
    }
    error_message = "Each operation must name its own function."
  }
  assert {
    condition     = output.webhook_endpoints_table == { name = "orderflow-test-webhook-endpoints", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/webhook-endpoints" }
    error_message = "Who sends webhooks must find where to."
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

run "whether_loopback_is_allowed_must_be_said" {
  command = plan

  variables {
    webhook_loopback_allowed = null
  }

  expect_failures = [var.webhook_loopback_allowed]
}
