locals {
  # Without a code to wait for, the registration itself opens the profile.
  registration_environment = merge(
    {
      USER_POOL_ID           = var.user_pool.id
      USER_POOL_CLIENT_ID    = var.user_pool.client_id
      AUTO_CONFIRM_CUSTOMERS = tostring(var.auto_confirm_customers)
    },
    { for name, value in local.profile_environment : name => value if var.auto_confirm_customers },
  )

  # Sign-up, sign-in and password calls of a public client are not authorised by IAM; only the administrator's calls are.
  # https://docs.aws.amazon.com/cognito/latest/developerguide/security-iam.html
  registration_statements = concat(
    [{
      sid       = "PutNewCustomersIntoTheirGroup"
      actions   = ["cognito-idp:AdminAddUserToGroup"]
      resources = [var.user_pool.arn]
    }],
    var.auto_confirm_customers ? [{
      sid       = "ConfirmNewCustomersWithoutMail"
      actions   = ["cognito-idp:AdminConfirmSignUp", "cognito-idp:AdminUpdateUserAttributes"]
      resources = [var.user_pool.arn]
    }] : [],
    var.auto_confirm_customers ? local.open_profiles : [],
  )
}

module "register_customer" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "customers"
  operation   = "register_customer"
  description = "POST /register: signs a customer up."
  environment = local.registration_environment
  statements  = local.registration_statements
}

module "login_customer" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "customers"
  operation   = "login_customer"
  description = "POST /login: signs a customer in."
  environment = { USER_POOL_CLIENT_ID = var.user_pool.client_id }
  statements  = []
}

module "authenticate_customer" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "customers"
  operation   = "authenticate_customer"
  description = "POST /auth: the same use cases, and confirm, refresh, forgot, reset, behind one door."
  environment = local.registration_environment
  statements  = local.registration_statements
}
