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

# Each variable named below must be refused; one that is accepted fails the run.

run "values_that_name_nothing_are_refused" {
  command = plan

  variables {
    project           = "order-flow"
    region            = "Frankfurt"
    currency          = "Euro"
    runtime           = "python3.9"
    architecture      = "mips"
    log_level         = "LOUD"
    service_version   = "latest"
    mfa               = "ON"
    dist_dir          = ""
    cursor_secret_arn = "s3cret"
    order_generator   = "sometimes"
    payment_provider  = "piggybank"
    stripe_api_base   = "https://api.stripe.com.example.org"

    notification_subscriptions = { alarms = [{ types = ["order.failed"] }] }
  }

  expect_failures = [
    var.project,
    var.region,
    var.currency,
    var.runtime,
    var.architecture,
    var.log_level,
    var.service_version,
    var.mfa,
    var.dist_dir,
    var.cursor_secret_arn,
    var.order_generator,
    var.notification_subscriptions,
    var.payment_provider,
    var.stripe_api_base,
  ]
}

run "numbers_out_of_range_and_undecided_switches_are_refused" {
  command = plan

  variables {
    log_retention_days            = 10
    reserved_concurrency          = { place_order = 0 }
    throttling_rate_limit         = 0
    throttling_burst_limit        = 0.5
    cors_allow_origins            = []
    method_throttling             = { sign-in = { rate_limit = 0, burst_limit = 1 }, write = { rate_limit = 1, burst_limit = 1 } }
    alarms_enabled                = null
    tracing_enabled               = null
    state_machine_tracing_enabled = null
    validate_bodies_at_edge       = null
  }

  expect_failures = [
    var.log_retention_days,
    var.reserved_concurrency,
    var.throttling_rate_limit,
    var.throttling_burst_limit,
    var.cors_allow_origins,
    var.method_throttling,
    var.alarms_enabled,
    var.tracing_enabled,
    var.state_machine_tracing_enabled,
    var.validate_bodies_at_edge,
  ]
}

run "an_environment_nobody_knows_is_refused" {
  command = plan

  variables {
    environment = "test"
  }

  expect_failures = [
    var.environment,
  ]
}

run "outside_a_laptop_customers_confirm_their_address_orders_bring_their_payment_and_aws_is_aws" {
  command = plan

  variables {
    auto_confirm_customers = true
    default_payment_token  = "sandbox_approve"
    s3_use_path_style      = true
    local_endpoint         = "http://localhost:4566"
  }

  expect_failures = [
    var.auto_confirm_customers,
    var.default_payment_token,
    var.s3_use_path_style,
    var.local_endpoint,
  ]
}

run "production_keeps_its_deletion_protection_and_an_origin_has_no_path" {
  command = plan

  variables {
    environment         = "prod"
    payment_provider    = "stripe"
    stripe_secret_arn   = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe"
    deletion_protection = false
    cors_allow_origins  = ["https://shop.example.com/cart"]
  }

  expect_failures = [
    var.deletion_protection,
    var.cors_allow_origins,
  ]
}

run "any_origin_in_staging_is_refused" {
  command = plan

  variables {
    cors_allow_origins = ["*"]
  }

  expect_failures = [
    var.cors_allow_origins,
  ]
}

run "an_origin_that_anyone_on_the_way_could_forge_in_prod_is_refused" {
  command = plan

  variables {
    environment        = "prod"
    payment_provider   = "stripe"
    stripe_secret_arn  = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe"
    cors_allow_origins = ["http://shop.example.com"]
  }

  expect_failures = [
    var.cors_allow_origins,
  ]
}

run "a_laptop_without_emulator_is_refused" {
  command = plan

  variables {
    environment = "local"
  }

  expect_failures = [
    var.local_endpoint,
  ]
}

run "an_emulator_elsewhere_than_on_this_machine_is_refused" {
  command = plan

  variables {
    environment    = "local"
    local_endpoint = "http://example.com:4566"
  }

  expect_failures = [
    var.local_endpoint,
  ]
}

run "sample_orders_in_prod_are_refused" {
  command = plan

  variables {
    environment       = "prod"
    order_generator   = "manual"
    payment_provider  = "stripe"
    stripe_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe"
  }

  expect_failures = [var.order_generator]
}

run "goods_for_sandbox_tokens_in_prod_are_refused" {
  command = plan

  variables {
    environment = "prod"
  }

  expect_failures = [var.payment_provider]
}

run "a_stripe_secret_that_is_none_is_refused" {
  command = plan

  variables {
    payment_provider  = "stripe"
    stripe_secret_arn = "rk_live_pasted_here"
  }

  expect_failures = [var.stripe_secret_arn]
}

run "stripe_without_its_secret_and_a_key_sent_elsewhere_are_refused" {
  command = plan

  variables {
    payment_provider = "stripe"
    stripe_api_base  = "http://localhost:12111"
  }

  expect_failures = [var.stripe_secret_arn, var.stripe_api_base]
}

run "a_vault_of_test_cards_in_prod_is_refused" {
  command = plan

  variables {
    environment       = "prod"
    payment_vault     = true
    payment_provider  = "stripe"
    stripe_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:stripe"
  }

  expect_failures = [var.payment_vault]
}

run "a_vault_of_test_cards_in_staging_is_refused" {
  command = plan

  variables {
    environment   = "staging"
    payment_vault = true
  }

  expect_failures = [var.payment_vault]
}
