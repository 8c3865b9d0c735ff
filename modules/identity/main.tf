resource "aws_cognito_user_pool" "this" {
  name                = "${var.name_prefix}-customers"
  deletion_protection = var.deletion_protection ? "ACTIVE" : "INACTIVE"
  mfa_configuration   = var.mfa

  username_attributes      = ["email"]
  auto_verified_attributes = ["email"]

  username_configuration {
    case_sensitive = false
  }

  # NIST SP 800-63B: length protects, forced changes do not; so twelve characters of four kinds and no expiry.
  password_policy {
    minimum_length                   = var.password_minimum_length
    require_lowercase                = true
    require_uppercase                = true
    require_numbers                  = true
    require_symbols                  = true
    temporary_password_validity_days = 1
  }

  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }

  # A changed address counts only once its owner has proved it; until then the old one goes on working.
  user_attribute_update_settings {
    attributes_require_verification_before_update = ["email"]
  }

  lambda_config {
    post_confirmation = var.post_confirmation_function_arn
  }

  verification_message_template {
    default_email_option = "CONFIRM_WITH_CODE"
  }

  dynamic "software_token_mfa_configuration" {
    for_each = var.mfa == "OFF" ? [] : [1]

    content {
      enabled = true
    }
  }

  dynamic "user_pool_add_ons" {
    for_each = var.threat_protection == "OFF" ? [] : [var.threat_protection]

    content {
      advanced_security_mode = user_pool_add_ons.value
    }
  }

  # Threat protection exists only in the tier that is paid per user.
  user_pool_tier = var.threat_protection == "OFF" ? "ESSENTIALS" : "PLUS"
}

# The customers' client: no secret, because browsers and apps cannot keep one.
resource "aws_cognito_user_pool_client" "this" {
  name         = "${var.name_prefix}-customers"
  user_pool_id = aws_cognito_user_pool.this.id

  generate_secret     = false
  explicit_auth_flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]

  # A wrong password and an unknown address look the same.
  prevent_user_existence_errors = "ENABLED"
  enable_token_revocation       = true

  id_token_validity      = var.token_validity_minutes
  access_token_validity  = var.token_validity_minutes
  refresh_token_validity = var.refresh_token_validity_days
  auth_session_validity  = 3

  token_validity_units {
    id_token      = "minutes"
    access_token  = "minutes"
    refresh_token = "days"
  }

  read_attributes  = local.own_attributes
  write_attributes = setsubtract(local.own_attributes, ["email_verified", "phone_number_verified"])
}

locals {
  own_attributes = ["email", "email_verified", "family_name", "given_name", "phone_number", "phone_number_verified"]

  # Groups reach the functions as the claim cognito:groups of the id token.
  groups = {
    admin    = { description = "Keeps the catalogue and sees all orders.", precedence = 1 }
    customer = { description = "Buys; sees what is their own.", precedence = 10 }
  }
}

resource "aws_cognito_user_group" "this" {
  for_each = local.groups

  name         = each.key
  description  = each.value.description
  precedence   = each.value.precedence
  user_pool_id = aws_cognito_user_pool.this.id
}
