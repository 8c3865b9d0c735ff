# Offline: the provider is mocked.
mock_provider "aws" {}

variables {
  name_prefix                    = "orderflow-test"
  post_confirmation_function_arn = "arn:aws:lambda:eu-central-1:123456789012:function:orderflow-test-open-profile"
}

run "customers_sign_in_with_their_e_mail_and_prove_it" {
  command = plan

  assert {
    condition = (
      aws_cognito_user_pool.this.username_attributes == toset(["email"])
      && aws_cognito_user_pool.this.auto_verified_attributes == toset(["email"])
      && !aws_cognito_user_pool.this.username_configuration[0].case_sensitive
    )
    error_message = "The user name is not the verified e-mail address in any case."
  }
  assert {
    condition     = [for mechanism in aws_cognito_user_pool.this.account_recovery_setting[0].recovery_mechanism : mechanism.name] == ["verified_email"]
    error_message = "An account can be recovered by something else than the verified e-mail address."
  }
}

run "passwords_have_twelve_characters_of_four_kinds" {
  command = plan

  assert {
    condition = (
      aws_cognito_user_pool.this.password_policy[0].minimum_length == 12
      && aws_cognito_user_pool.this.password_policy[0].require_lowercase
      && aws_cognito_user_pool.this.password_policy[0].require_uppercase
      && aws_cognito_user_pool.this.password_policy[0].require_numbers
      && aws_cognito_user_pool.this.password_policy[0].require_symbols
    )
    error_message = "The password policy is weaker than the README says."
  }
}

run "the_client_has_no_secret_and_tells_no_stranger_who_has_an_account" {
  command = plan

  assert {
    condition = (
      aws_cognito_user_pool_client.this.generate_secret == false
      && aws_cognito_user_pool_client.this.prevent_user_existence_errors == "ENABLED"
      && aws_cognito_user_pool_client.this.enable_token_revocation
    )
    error_message = "The client has a secret, tells who has an account, or its tokens cannot be revoked."
  }
  assert {
    condition = aws_cognito_user_pool_client.this.explicit_auth_flows == toset([
      "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
    ])
    error_message = "The client allows other flows than password, SRP and refresh."
  }
  assert {
    condition = (
      aws_cognito_user_pool_client.this.id_token_validity == 60
      && aws_cognito_user_pool_client.this.token_validity_units[0].id_token == "minutes"
      && aws_cognito_user_pool_client.this.refresh_token_validity == 30
      && aws_cognito_user_pool_client.this.token_validity_units[0].refresh_token == "days"
    )
    error_message = "Tokens are valid for another time than an hour and 30 days."
  }
  assert {
    condition     = !contains(aws_cognito_user_pool_client.this.write_attributes, "email_verified")
    error_message = "A customer could declare an address verified."
  }
}

run "there_are_the_groups_customer_and_admin" {
  command = plan

  assert {
    condition     = tomap({ for key, group in aws_cognito_user_group.this : group.name => group.precedence }) == tomap({ admin = 1, customer = 10 })
    error_message = "The groups are not admin and customer."
  }
}

run "a_second_factor_is_offered_by_default_and_can_be_off" {
  command = plan

  assert {
    condition     = aws_cognito_user_pool.this.mfa_configuration == "OPTIONAL" && aws_cognito_user_pool.this.software_token_mfa_configuration[0].enabled
    error_message = "The authenticator app is not offered."
  }
}

run "without_mfa_no_factor_is_configured" {
  command = plan

  variables {
    mfa = "OFF"
  }

  assert {
    condition     = aws_cognito_user_pool.this.mfa_configuration == "OFF" && length(aws_cognito_user_pool.this.software_token_mfa_configuration) == 0
    error_message = "A factor is configured although mfa is OFF."
  }
}

run "a_required_second_factor_is_refused_because_sign_up_cannot_enrol_one" {
  command = plan

  variables {
    mfa = "ON"
  }

  expect_failures = [var.mfa]
}

run "the_pool_is_protected_from_deletion_unless_told_otherwise" {
  command = plan

  assert {
    condition     = aws_cognito_user_pool.this.deletion_protection == "ACTIVE"
    error_message = "The user pool could be deleted by accident."
  }
}

run "deletion_protection_can_be_lifted" {
  command = plan

  variables {
    deletion_protection = false
  }

  assert {
    condition     = aws_cognito_user_pool.this.deletion_protection == "INACTIVE"
    error_message = "The pool of a throw-away environment could not be destroyed."
  }
}

run "threat_protection_brings_its_tier_and_is_off_by_default" {
  command = plan

  variables {
    threat_protection = "ENFORCED"
  }

  assert {
    condition     = aws_cognito_user_pool.this.user_pool_tier == "PLUS" && aws_cognito_user_pool.this.user_pool_add_ons[0].advanced_security_mode == "ENFORCED"
    error_message = "Threat protection is asked for and not switched on."
  }
}

run "whoever_proved_their_address_gets_a_profile" {
  command = plan

  assert {
    condition     = aws_cognito_user_pool.this.lambda_config[0].post_confirmation == var.post_confirmation_function_arn
    error_message = "Nobody opens the profile of a confirmed customer."
  }
}

run "a_trigger_that_is_no_function_is_refused" {
  command = plan

  variables {
    post_confirmation_function_arn = "open_profile"
  }

  expect_failures = [var.post_confirmation_function_arn]
}
