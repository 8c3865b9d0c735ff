locals {
  customers_table_arn = module.customers_table.arn

  profile_environment = {
    CUSTOMERS_TABLE   = module.customers_table.name
    AUDIT_TRAIL_TABLE = module.audit_trail_table.name
  }

  # Who changes a profile tells of it, and can take nothing back that was told.
  tell_the_trail = {
    sid       = "TellTheAuditTrail"
    actions   = ["dynamodb:PutItem"]
    resources = [module.audit_trail_table.arn]
  }

  # Adding a profile claims its address, and asks what is there when that is refused.
  open_profiles = [
    {
      sid       = "AddTheProfileAndClaimItsAddress"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = [local.customers_table_arn]
    },
    local.tell_the_trail,
  ]

  # From one address to another: the new one is claimed, the old one freed.
  move_claims = {
    sid       = "MoveTheClaimToAnotherAddress"
    actions   = ["dynamodb:DeleteItem", "dynamodb:PutItem"]
    resources = [local.customers_table_arn]
  }
}

module "create_user" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "customers"
  operation   = "create_user"
  description = "POST /users: the caller's own profile, or anybody's with their account by an administrator."
  environment = merge(local.profile_environment, { USER_POOL_ID = var.user_pool.id })

  statements = concat(local.open_profiles, [
    {
      sid       = "FindInviteAndEnrolAccounts"
      actions   = ["cognito-idp:AdminAddUserToGroup", "cognito-idp:AdminCreateUser", "cognito-idp:AdminGetUser"]
      resources = [var.user_pool.arn]
    },
  ])
}

module "get_user" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "customers"
  operation   = "get_user"
  description = "GET /users/{userId}: one profile."

  environment = {
    CUSTOMERS_TABLE         = module.customers_table.name
    PROFILE_PICTURES_BUCKET = module.pictures_bucket.name
  }

  statements = [
    {
      sid       = "ReadTheProfile"
      actions   = ["dynamodb:GetItem"]
      resources = [local.customers_table_arn]
    },
    # A signature is worth what its signer may do.
    {
      sid       = "SignTheAddressOfItsPicture"
      actions   = ["s3:GetObject"]
      resources = [local.shown_objects_arn]
    },
  ]
}

module "list_users" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "customers"
  operation   = "list_users"
  description = "GET /users: a page of profiles for an administrator."
  environment = { CUSTOMERS_TABLE = module.customers_table.name, CURSOR_SECRET_ARN = var.cursor_secret_arn }

  statements = [
    {
      sid       = "ListProfilesByIndex"
      actions   = ["dynamodb:Query"]
      resources = values(module.customers_table.index_arns)
    },
    {
      sid       = "SignAndVerifyCursors"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [var.cursor_secret_arn]
    },
  ]
}

module "update_user" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "customers"
  operation   = "update_user"
  description = "PUT /users/{userId}: some facts of a profile; a new e-mail address waits for its code."

  environment = merge(local.profile_environment, {
    USER_POOL_ID           = var.user_pool.id
    AUTO_CONFIRM_CUSTOMERS = tostring(var.auto_confirm_customers)
  })

  statements = concat(
    [
      {
        sid       = "ReadAndChangeTheProfile"
        actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
        resources = [local.customers_table_arn]
      },
      local.tell_the_trail,
      {
        sid       = "SendTheCodeToTheNewAddress"
        actions   = ["cognito-idp:AdminUpdateUserAttributes"]
        resources = [var.user_pool.arn]
      },
    ],
    # Where nothing is delivered, the new address counts at once.
    var.auto_confirm_customers ? [
      local.move_claims,
      {
        sid       = "CompareWithTheAccount"
        actions   = ["cognito-idp:AdminGetUser"]
        resources = [var.user_pool.arn]
      },
    ] : [],
  )
}

# The code is redeemed with the customer's own access token, which IAM does not authorise.
module "confirm_email_change" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "customers"
  operation   = "confirm_email_change"
  description = "POST /users/{userId}/email-verification: the code that makes a new e-mail address count."
  environment = local.profile_environment

  statements = [
    {
      sid       = "ReadAndChangeTheProfile"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [local.customers_table_arn]
    },
    local.move_claims,
    local.tell_the_trail,
  ]
}

module "delete_user" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "customers"
  operation   = "delete_user"
  description = "DELETE /users/{userId}: hides the profile, frees its address and ends the account."

  environment = merge(local.profile_environment, {
    USER_POOL_ID                = var.user_pool.id
    DELETED_USER_RETENTION_DAYS = tostring(var.deleted_user_retention_days)
    PROFILE_PICTURES_BUCKET     = module.pictures_bucket.name
  })

  statements = [
    {
      sid       = "ReadAndHideTheProfile"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [local.customers_table_arn]
    },
    {
      sid       = "FreeItsAddress"
      actions   = ["dynamodb:DeleteItem"]
      resources = [local.customers_table_arn]
    },
    local.tell_the_trail,
    {
      sid       = "FindItsPictures"
      actions   = ["s3:ListBucket"]
      resources = [module.pictures_bucket.arn]
    },
    {
      sid       = "RemoveItsPictures"
      actions   = ["s3:DeleteObject"]
      resources = [local.shown_objects_arn, local.uploads_objects_arn]
    },
    {
      sid       = "EndTheAccount"
      actions   = ["cognito-idp:AdminDeleteUser"]
      resources = [var.user_pool.arn]
    },
  ]
}

module "open_profile" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "customers"
  operation       = "open_profile"
  description     = "The user pool's post-confirmation trigger: whoever proved their address gets their profile."
  environment     = local.profile_environment
  statements      = local.open_profiles
  timeout_seconds = 5 # as long as Cognito waits
}

resource "aws_lambda_permission" "user_pool" {
  statement_id   = "LetTheUserPoolOpenProfiles"
  action         = "lambda:InvokeFunction"
  function_name  = module.open_profile.function_name
  principal      = "cognito-idp.amazonaws.com"
  source_arn     = var.user_pool.arn
  source_account = var.platform.account_id
}
