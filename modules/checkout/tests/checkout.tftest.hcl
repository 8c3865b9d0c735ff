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
