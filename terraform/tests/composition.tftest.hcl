mock_provider "aws" {
  source          = "../tests/terraform/mocks"
  override_during = plan
}

# Never asked: terraform test can mock no ephemeral resource, so the cursor secret is given.
# tests/terraform/test_composition.py reads how one is made.
provider "aws" {
  alias                       = "in_memory"
  region                      = "eu-central-1"
  access_key                  = "testing"
  secret_key                  = "testing"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
}

variables {
  environment        = "staging"
  dist_dir           = "../tests/terraform/packages"
  cors_allow_origins = ["https://shop.example.com"]
  cursor_secret_arn  = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:given"
}

# Few runs with many assertions: each run plans the whole root.

run "every_operations_are_there_under_names_of_their_own_environment" {
  command = plan

  assert {
    condition     = output.orders_table_name == "orderflow-staging-orders" && output.products_table_name == "orderflow-staging-products" && output.payments_table_name == "orderflow-staging-payments" && output.customers_table_name == "orderflow-staging-customers"
    error_message = "Two environments in one account must not meet."
  }
  assert {
    condition     = output.feedback_table_name == "orderflow-staging-feedback"
    error_message = "Feedback must be its environment's own."
  }
  assert {
    condition     = output.checkout_sessions_table_name == "orderflow-staging-checkout-sessions" && output.webhook_endpoints_table_name == "orderflow-staging-webhook-endpoints" && output.checkout_discounts_table_name == "orderflow-staging-discounts"
    error_message = "Checkout sessions, webhook endpoints and discount codes must be their environment's own."
  }
  assert {
    condition     = output.payment_tokens_table_name == "orderflow-staging-payment-tokens"
    error_message = "Delegated payment tokens must be their environment's own."
  }
  assert {
    condition     = output.webhook_deliveries_table_name == "orderflow-staging-webhook-deliveries"
    error_message = "Webhooks on their way must be their environment's own."
  }
  assert {
    condition     = output.operations_table_name == "orderflow-staging-operations" && output.client_keys_table_name == "orderflow-staging-client-keys"
    error_message = "The journal must be its environment's own."
  }
  assert {
    condition     = alltrue([for operation, name in output.function_names : name == "orderflow-staging-${replace(operation, "_", "-")}"])
    error_message = "A function must be found by its operation."
  }
  assert {
    condition = keys(output.function_names) == [
      "adjust_stock", "attach_product_image", "authenticate_customer", "authorize_client", "authorize_payment",
      "cancel_checkout_session", "cancel_order", "capture_payment", "check_health", "check_picture",
      "complete_checkout_session", "confirm_email_change", "count_changes", "create_checkout_session", "create_client_key",
      "create_picture_upload", "create_product", "create_upload_url", "create_user", "create_webhook_endpoint",
      "delete_feedback", "delete_product", "delete_user", "delete_webhook_endpoint", "deliver_order",
      "discover_checkout", "expire_checkout_sessions", "find_payment_outcome", "finish_movements", "follow_orders", "forward_changes",
      "get_analytics", "get_checkout_session", "get_client_key", "get_current_client_key", "get_order", "get_payment",
      "get_product", "get_stock", "get_user", "get_webhook_endpoint", "give_feedback", "list_audit_entries",
      "list_client_keys", "list_feedback", "list_orders", "list_products", "list_users", "list_webhook_endpoints",
      "login_customer", "open_profile", "pay_order", "place_order", "publish_checkout_events", "receive_stripe_event",
      "refund_order", "refund_payment", "register_customer", "release_stock", "release_webhooks", "request_review",
      "reserve_stock", "return_order", "review_order", "revoke_client_key", "rotate_client_key",
      "rotate_webhook_secret", "send_webhooks", "serve_checkout_tools", "settle_feedback", "ship_order", "start_order_workflow",
      "sweep_orders", "take_order_updates", "update_checkout_session", "update_feedback", "update_order",
      "update_product", "update_user", "update_webhook_endpoint", "void_payment",
    ]
    error_message = "Each operation of the contract must have its function."
  }
}

run "a_real_environment_is_traced_alarmed_protected_and_checks_its_health_with_least_privilege" {
  command = plan

  variables {
    notification_subscriptions = {
      order_completed = [{ email = "sales@example.com" }]
      order_failed    = [{ phone_number = "+4915112345678", types = ["order.failed", "order.cancelled"] }]
      order_review    = [{ email = "reviewers@example.com", types = ["order.review_requested"] }]
      alarms          = [{ email = "on-call@example.com" }, { phone_number = "+4915112345678" }]
    }
  }

  assert {
    condition     = module.notifications.subscription_count == { alarms = 2, order_completed = 1, order_failed = 1, order_review = 1 }
    error_message = "Who is named must be subscribed to the topic they are named at."
  }
  assert {
    condition     = local.event_topics["order.completed"] == "order-completed" && local.event_topics["order.failed"] == "order-failed" && !contains(keys(local.event_topics), "envelope")
    error_message = "The types that may be subscribed to must be those that have a schema, each on its topic."
  }
  assert {
    condition     = local.platform.runtime == "python3.13" && local.platform.architecture == "arm64" && local.platform.tracing_enabled && local.platform.deletion_protection && var.validate_bodies_at_edge && var.state_machine_tracing_enabled
    error_message = "The defaults must be those of a real environment; a laptop switches off what it cannot do."
  }
  assert {
    condition     = local.platform.alarms_enabled && local.platform.alarm_topic_arn == output.alarm_topic_arn
    error_message = "On AWS alarms are on unless switched off, and somebody can subscribe to them."
  }
  assert {
    # The mocks give every table one ARN, so that their number is counted.
    condition = { for s in jsondecode(module.check_health.policy).Statement : s.Sid => [s.Action, length(s.Resource), one(toset(s.Resource))] if !contains(["WriteItsOwnLog", "SendTraces"], s.Sid) } == {
      AskTheTables     = [["dynamodb:GetItem"], 7, "arn:aws:dynamodb:eu-central-1:123456789012:table/mocked"]
      AskTheWorkflows  = [["states:DescribeStateMachine"], 2, "arn:aws:states:eu-central-1:123456789012:stateMachine:mocked"]
      AskTheUserPool   = [["cognito-idp:DescribeUserPool"], 1, "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_mocked"]
      AskTheOrderQueue = [["sqs:GetQueueAttributes"], 1, "arn:aws:sqs:eu-central-1:123456789012:mocked"]
    }
    error_message = "The health check may look, and nothing else."
  }
  assert {
    condition     = [for s in jsondecode(module.check_health.policy).Statement : s.Condition if s.Sid == "AskTheTables"] == [{ "ForAllValues:StringEquals" = { "dynamodb:LeadingKeys" = ["health-check"] } }]
    error_message = "The health check may read an item that is none, and nobody's data."
  }
  assert {
    condition     = length(aws_secretsmanager_secret.cursor) == 0 && local.cursor_secret_arn == "arn:aws:secretsmanager:eu-central-1:123456789012:secret:given"
    error_message = "A team that keeps its secrets elsewhere must not get a second one."
  }
}

run "a_laptop_is_the_same_root_with_its_own_switches" {
  command = plan

  variables {
    environment                   = "local"
    local_endpoint                = "http://localhost:4566"
    runtime                       = "provided.al2023"
    s3_use_path_style             = true
    auto_confirm_customers        = true
    default_payment_token         = "sandbox_approve"
    alarms_enabled                = false
    tracing_enabled               = false
    state_machine_tracing_enabled = false
    deletion_protection           = false
  }

  assert {
    condition     = module.notifications.subscription_count == { alarms = 0, order_completed = 0, order_failed = 0, order_review = 0 }
    error_message = "Nobody may be subscribed who was not named."
  }
  assert {
    condition     = startswith(output.api_endpoint, "http://localhost:4566/")
    error_message = "Locally the API is at the emulator."
  }
  assert {
    condition     = local.platform.runtime == "provided.al2023" && !local.platform.alarms_enabled && !local.platform.tracing_enabled
    error_message = "The switches must reach the modules."
  }
}

run "the_payment_provider_is_one_choice_for_the_whole_environment" {
  command = plan

  variables {
    payment_provider  = "stripe"
    stripe_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe"
  }

  assert {
    condition     = { for name, value in module.payments.provider_environment : name => value } == { PAYMENT_PROVIDER = "stripe", STRIPE_SECRET_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe", STRIPE_API_BASE = "https://api.stripe.com" }
    error_message = "The choice must reach the module."
  }
}
