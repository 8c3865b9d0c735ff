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

run "a_shop_has_no_vault_unless_it_says_so" {
  command = plan

  assert {
    condition     = length(module.delegate_payment) == 0 && !contains(keys(output.functions), "delegate_payment")
    error_message = "A vault of test cards must be asked for."
  }
  assert {
    condition     = output.payment_tokens_table.name == "orderflow-test-payment-tokens"
    error_message = "Whoever completes a session must find the table of tokens, with a vault or without."
  }
}

run "the_vault_adds_tokens_and_reads_none" {
  command = plan

  variables {
    payment_vault = true
  }

  override_resource {
    target          = module.payment_tokens_table.aws_dynamodb_table.this
    override_during = plan
    values          = { arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/payment-tokens", name = "orderflow-test-payment-tokens" }
  }

  assert {
    condition = { for s in jsondecode(module.delegate_payment[0].policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog          = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      KeepTheToken            = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/payment-tokens"]]
      KeepTheAnswerForRepeats = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/idempotency"]]
      CountTheRequestsOfKeys  = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"]]
    }
    error_message = "delegate_payment must be allowed exactly what its code does."
  }
  assert {
    condition     = one([for s in jsondecode(module.delegate_payment[0].policy).Statement : s if s.Sid == "CountTheRequestsOfKeys"]).Condition == { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["use#*"] } }
    error_message = "A function that serves agents must not be able to change what a key may do."
  }
  assert {
    condition     = { for name, value in module.delegate_payment[0].environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys", "CHECKOUT_MODE" = "standard", "CURRENCY" = "EUR", "PAYMENT_PROVIDER" = "sandbox", "IDEMPOTENCY_TABLE" = "orderflow-test-idempotency", "PAYMENT_TOKENS_TABLE" = "orderflow-test-payment-tokens" }
    error_message = "delegate_payment must get exactly the settings its code reads."
  }
  assert {
    condition     = output.functions["delegate_payment"].function_name == "orderflow-test-delegate-payment"
    error_message = "The API must find the vault."
  }
}

run "a_vault_is_there_or_it_is_not" {
  command = plan

  variables {
    payment_vault = null
  }

  expect_failures = [var.payment_vault]
}
