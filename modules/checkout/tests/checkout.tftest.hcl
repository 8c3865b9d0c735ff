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
  target          = module.sessions_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn        = "arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions"
    name       = "orderflow-test-checkout-sessions"
    stream_arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions/stream/1"
  }
}

override_resource {
  target          = module.discounts_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/discounts"
    name = "orderflow-test-discounts"
  }
}

override_resource {
  target          = module.scheduled_dead_letters.aws_sqs_queue.this
  override_during = plan
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-scheduled-checkout-dlq"
  }
}

override_resource {
  target          = module.expire_checkout_sessions.aws_lambda_function.this
  override_during = plan
  values = {
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:expire"
  }
}

run "a_session_is_found_by_its_environment_and_tells_what_happens_to_it" {
  command = plan

  assert {
    condition = output.sessions_table == {
      name       = "orderflow-test-checkout-sessions"
      arn        = "arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions"
      stream_arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions/stream/1"
    }
    error_message = "Who publishes the events of sessions must find their stream."
  }
  assert {
    condition     = output.payment_tokens_table.name == "orderflow-test-payment-tokens"
    error_message = "Whoever completes a session must find the table of delegated payment tokens."
  }
}

run "nobody_rewrites_the_history_of_a_session" {
  command = plan

  assert {
    condition     = jsondecode(module.sessions_table.policy).Statement[0].Sid == "NobodyChangesOrRemovesAnEntry"
    error_message = "Events that can be rewritten prove nothing."
  }
}

run "discount_codes_are_found_by_their_environment" {
  command = plan

  assert {
    condition = output.discounts_table == {
      name = "orderflow-test-discounts"
      arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/discounts"
    }
    error_message = "Functions are allowed to use codes by this table's ARN."
  }
}

run "creating_a_session_reads_the_catalogue_and_changes_nothing_of_it" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.create_checkout_session.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog           = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheSessionAndAddToIt = [["dynamodb:PutItem", "dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions"]]
      KeepTheAnswerForRepeats  = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/idempotency"]]
      LookAtPricesAndStock     = [["dynamodb:BatchGetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products", "arn:aws:dynamodb:eu-central-1:123456789012:table/stock"]]
      LookUpDiscountCodes      = [["dynamodb:BatchGetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/discounts"]]
      CountTheRequestsOfKeys   = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"]]
    }
    error_message = "create_checkout_session must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.create_checkout_session.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CHECKOUT_SESSIONS_TABLE" = "orderflow-test-checkout-sessions", "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys", "CHECKOUT_MODE" = "standard", "CURRENCY" = "EUR", "MERCHANT_ID" = "orderflow-test", "PAYMENT_PROVIDER" = "sandbox", "SHOP_URL" = "https://shop.example.com", "IDEMPOTENCY_TABLE" = "orderflow-test-idempotency", "PRODUCTS_TABLE" = "orderflow-test-products", "STOCK_TABLE" = "orderflow-test-stock", "DISCOUNTS_TABLE" = "orderflow-test-discounts", "PRICE_TABLES" = "default", "CHECKOUT_SESSION_SECONDS" = "3600" }
    error_message = "create_checkout_session must get exactly the settings its code reads."
  }
}

run "changing_a_session_reads_the_catalogue_and_changes_nothing_of_it" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.update_checkout_session.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog           = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheSessionAndAddToIt = [["dynamodb:PutItem", "dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions"]]
      KeepTheAnswerForRepeats  = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/idempotency"]]
      LookAtPricesAndStock     = [["dynamodb:BatchGetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products", "arn:aws:dynamodb:eu-central-1:123456789012:table/stock"]]
      LookUpDiscountCodes      = [["dynamodb:BatchGetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/discounts"]]
      CountTheRequestsOfKeys   = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"]]
    }
    error_message = "update_checkout_session must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.update_checkout_session.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CHECKOUT_SESSIONS_TABLE" = "orderflow-test-checkout-sessions", "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys", "CHECKOUT_MODE" = "standard", "CURRENCY" = "EUR", "MERCHANT_ID" = "orderflow-test", "PAYMENT_PROVIDER" = "sandbox", "SHOP_URL" = "https://shop.example.com", "IDEMPOTENCY_TABLE" = "orderflow-test-idempotency", "PRODUCTS_TABLE" = "orderflow-test-products", "STOCK_TABLE" = "orderflow-test-stock", "DISCOUNTS_TABLE" = "orderflow-test-discounts", "PRICE_TABLES" = "default" }
    error_message = "update_checkout_session must get exactly the settings its code reads."
  }
}

run "canceling_a_session_needs_no_catalogue" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.cancel_checkout_session.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog           = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheSessionAndAddToIt = [["dynamodb:PutItem", "dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions"]]
      KeepTheAnswerForRepeats  = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/idempotency"]]
      CountTheRequestsOfKeys   = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"]]
    }
    error_message = "cancel_checkout_session must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.cancel_checkout_session.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CHECKOUT_SESSIONS_TABLE" = "orderflow-test-checkout-sessions", "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys", "CHECKOUT_MODE" = "standard", "CURRENCY" = "EUR", "MERCHANT_ID" = "orderflow-test", "PAYMENT_PROVIDER" = "sandbox", "SHOP_URL" = "https://shop.example.com", "IDEMPOTENCY_TABLE" = "orderflow-test-idempotency" }
    error_message = "cancel_checkout_session must get exactly the settings its code reads."
  }
}

run "completing_a_session_places_an_order_and_reads_of_tokens_only_those_it_is_shown" {
  command = plan

  override_resource {
    target          = module.payment_tokens_table.aws_dynamodb_table.this
    override_during = plan
    values          = { arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/payment-tokens", name = "orderflow-test-payment-tokens" }
  }

  assert {
    condition = { for s in jsondecode(module.complete_checkout_session.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog              = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheSessionAndAddToIt    = [["dynamodb:PutItem", "dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions"]]
      KeepTheAnswerForRepeats     = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/idempotency"]]
      LookAtPricesAndStock        = [["dynamodb:BatchGetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products", "arn:aws:dynamodb:eu-central-1:123456789012:table/stock"]]
      LookUpAndCountDiscountCodes = [["dynamodb:BatchGetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/discounts"]]
      CheckAndUseThePaymentToken  = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/payment-tokens"]]
      PlaceTheOrderAndLookAtIt    = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      TellTheAuditTrail           = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
      QueueTheOrder               = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-orders"]]
      CountTheRequestsOfKeys      = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"]]
    }
    error_message = "complete_checkout_session must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.complete_checkout_session.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CHECKOUT_SESSIONS_TABLE" = "orderflow-test-checkout-sessions", "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys", "CHECKOUT_MODE" = "standard", "CURRENCY" = "EUR", "MERCHANT_ID" = "orderflow-test", "PAYMENT_PROVIDER" = "sandbox", "SHOP_URL" = "https://shop.example.com", "IDEMPOTENCY_TABLE" = "orderflow-test-idempotency", "PRODUCTS_TABLE" = "orderflow-test-products", "STOCK_TABLE" = "orderflow-test-stock", "DISCOUNTS_TABLE" = "orderflow-test-discounts", "PRICE_TABLES" = "default", "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "ORDERS_TABLE" = "orderflow-test-orders", "ORDER_QUEUE_URL" = "https://sqs.eu-central-1.amazonaws.com/123456789012/orderflow-test-orders", "PAYMENT_TOKENS_TABLE" = "orderflow-test-payment-tokens" }
    error_message = "complete_checkout_session must get exactly the settings its code reads."
  }
  assert {
    condition     = module.serve_checkout_tools.policy == module.complete_checkout_session.policy
    error_message = "The tools must be allowed what the five routes are together, which is what completing is."
  }
  assert {
    condition = alltrue([
      for other in [module.create_checkout_session.environment, module.update_checkout_session.environment, module.cancel_checkout_session.environment, module.get_checkout_session.environment, module.complete_checkout_session.environment] :
      alltrue([for name, value in other : module.serve_checkout_tools.environment[name] == value])
    ]) && length(module.serve_checkout_tools.environment) == length(module.complete_checkout_session.environment) + 1
    error_message = "The tools must get the settings of the five routes, and no other."
  }
}

run "sessions_follow_the_orders_of_clients_and_of_nobody_else" {
  command = plan

  override_resource {
    target          = module.followed_orders.aws_sqs_queue.this
    override_during = plan
    values          = { arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-followed-orders" }
  }

  assert {
    condition = { for s in jsondecode(module.follow_orders.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog              = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ConsumeOrderEvents          = [["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-followed-orders"]]
      ReadTheSessionAndAddToIt    = [["dynamodb:PutItem", "dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions"]]
      LookAtTheOrder              = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      GiveUsesOfDiscountCodesBack = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/discounts"]]
    }
    error_message = "follow_orders must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.follow_orders.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CHECKOUT_SESSIONS_TABLE" = "orderflow-test-checkout-sessions", "DISCOUNTS_TABLE" = "orderflow-test-discounts", "ORDERS_TABLE" = "orderflow-test-orders", "SHOP_URL" = "https://shop.example.com" }
    error_message = "follow_orders must get exactly the settings its code reads."
  }
  assert {
    condition = alltrue([
      for subscription in values(aws_sns_topic_subscription.followed_orders) :
      subscription.filter_policy_scope == "MessageBody" && jsondecode(subscription.filter_policy) == { userId = [{ prefix = "client-" }] } && subscription.raw_message_delivery
    ]) && length(aws_sns_topic_subscription.followed_orders) == 2
    error_message = "Events of people's orders must wake nobody here."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.followed_orders.function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "One message that fails must not bring the others of its batch back."
  }
}

run "reading_a_session_adds_nothing_to_it" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.get_checkout_session.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog         = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheSession         = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions"]]
      CountTheRequestsOfKeys = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"]]
    }
    error_message = "get_checkout_session must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.get_checkout_session.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CHECKOUT_SESSIONS_TABLE" = "orderflow-test-checkout-sessions", "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys", "CHECKOUT_MODE" = "standard", "CURRENCY" = "EUR", "MERCHANT_ID" = "orderflow-test", "PAYMENT_PROVIDER" = "sandbox", "SHOP_URL" = "https://shop.example.com" }
    error_message = "get_checkout_session must get exactly the settings its code reads."
  }
}

run "what_everybody_may_ask_touches_no_table" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.discover_checkout.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
    }
    error_message = "discover_checkout must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.discover_checkout.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "API_URL" = "https://{apiId}.execute-api.eu-central-1.amazonaws.com/{stage}", "CURRENCY" = "EUR" }
    error_message = "discover_checkout must get exactly the settings its code reads."
  }
}

run "expiring_finds_sessions_by_their_hour_and_adds_an_event" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.expire_checkout_sessions.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog              = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      KeepFailedEvents            = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-scheduled-checkout-dlq"]]
      FindSessionsThatAreOver     = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions/index/by-expiry"]]
      ReadTheSessionAndAddToIt    = [["dynamodb:PutItem", "dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/checkout-sessions"]]
      LookAtTheOrder              = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders"]]
      GiveUsesOfDiscountCodesBack = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/discounts"]]
    }
    error_message = "expire_checkout_sessions must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.expire_checkout_sessions.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "CHECKOUT_SESSIONS_TABLE" = "orderflow-test-checkout-sessions", "DISCOUNTS_TABLE" = "orderflow-test-discounts", "ORDERS_TABLE" = "orderflow-test-orders", "SHOP_URL" = "https://shop.example.com" }
    error_message = "expire_checkout_sessions must get exactly the settings its code reads."
  }
  assert {
    condition     = one([for s in jsondecode(module.expire_checkout_sessions_schedule.policy).Statement : s if s.Sid == "InvokeTheFunction"]).Resource == ["arn:aws:lambda:eu-central-1:123456789012:function:expire"]
    error_message = "The schedule must invoke expire_checkout_sessions and nothing else."
  }
}

run "of_a_key_only_its_requests_are_counted" {
  command = plan

  assert {
    condition = alltrue([
      for policy in [module.create_checkout_session.policy, module.update_checkout_session.policy, module.cancel_checkout_session.policy, module.complete_checkout_session.policy, module.get_checkout_session.policy, module.serve_checkout_tools.policy] :
      one([for s in jsondecode(policy).Statement : s if s.Sid == "CountTheRequestsOfKeys"]).Condition == { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["use#*"] } }
    ])
    error_message = "A function that serves agents must not be able to change what a key may do."
  }
}

run "the_functions_of_checkout_are_found_by_their_operations" {
  command = plan

  assert {
    condition = { for operation, function in output.functions : operation => function.function_name } == {
      for operation in [
        "cancel_checkout_session", "complete_checkout_session", "create_checkout_session", "create_webhook_endpoint",
        "delete_webhook_endpoint", "discover_checkout", "expire_checkout_sessions", "follow_orders", "get_checkout_session", "get_webhook_endpoint", "list_webhook_endpoints", "publish_checkout_events",
        "release_webhooks", "rotate_webhook_secret", "send_webhooks", "serve_checkout_tools", "take_order_updates", "update_checkout_session",
        "update_webhook_endpoint",
      ] :
      operation => "orderflow-test-${replace(operation, "_", "-")}"
    }
    error_message = "Each operation must name its own function."
  }
}

run "what_is_no_mode_no_url_and_no_table_is_refused" {
  command = plan

  variables {
    api_url           = "api.example.com"
    client_keys_table = { name = "x", arn = "x" }
    currency          = "eur"
    idempotency_table = { name = "x", arn = "x" }
    mode              = "loose"
    order_queue       = { arn = "x", url = "x" }
    order_topic_arns  = { completed = "x" }
    orders_table      = { name = "x", arn = "x" }
    payment_provider  = "bank"
    price_tables      = "../tables"
    products_table    = { name = "x", arn = "x" }
    session_seconds   = 10
    shop_url          = "https://shop.example.com/"
    stock_table       = { name = "x", arn = "x" }
  }

  expect_failures = [
    var.api_url, var.client_keys_table, var.currency, var.idempotency_table, var.mode, var.order_queue,
    var.order_topic_arns, var.orders_table, var.payment_provider, var.price_tables, var.products_table, var.session_seconds, var.shop_url, var.stock_table,
  ]
}
