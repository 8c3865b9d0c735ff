locals {
  keys_environment    = { CLIENT_KEYS_TABLE = module.client_keys_table.name }
  changes_environment = merge(local.keys_environment, { AUDIT_TRAIL_TABLE = var.audit_trail_table.name })

  tell_the_trail = {
    sid       = "TellTheAuditTrail"
    actions   = ["dynamodb:PutItem"]
    resources = [var.audit_trail_table.arn]
  }
}

module "authorize_client" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "clients"
  operation   = "authorize_client"
  description = "API Gateway asks whose client key a request shows."
  environment = merge(local.keys_environment, { CHECKOUT_MODE = var.checkout_mode })

  statements = [
    {
      sid       = "LookTheKeyUp"
      actions   = ["dynamodb:GetItem"]
      resources = [module.client_keys_table.arn]
    },
  ]
}

module "create_client_key" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "clients"
  operation   = "create_client_key"
  description = "POST /client-keys: an administrator issues a key to a machine."
  environment = local.changes_environment

  statements = [
    {
      sid       = "AddTheKeyItsCountAndItsName"
      actions   = ["dynamodb:PutItem"]
      resources = [module.client_keys_table.arn]
    },
    {
      sid       = "SayWhoHasTheNameAlready"
      actions   = ["dynamodb:GetItem"]
      resources = [module.client_keys_table.arn]
    },
    local.tell_the_trail,
  ]
}

module "rotate_client_key" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "clients"
  operation   = "rotate_client_key"
  description = "POST /client-keys/{keyId}/rotate: an administrator issues another secret of a key."
  environment = local.changes_environment

  statements = [
    {
      sid       = "ReadAndReplaceTheKeyAndWhatCountsOfIt"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
      resources = [module.client_keys_table.arn]
    },
    local.tell_the_trail,
  ]
}

module "revoke_client_key" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "clients"
  operation   = "revoke_client_key"
  description = "DELETE /client-keys/{keyId}: an administrator ends a key."
  environment = local.changes_environment

  statements = [
    {
      sid       = "ReadAndReplaceTheKeyAndWhatCountsOfIt"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
      resources = [module.client_keys_table.arn]
    },
    {
      sid       = "FreeItsName"
      actions   = ["dynamodb:DeleteItem"]
      resources = [module.client_keys_table.arn]

      conditions = [{
        test     = "ForAllValues:StringLike"
        variable = "dynamodb:LeadingKeys"
        values   = ["name#*"]
      }]
    },
    local.tell_the_trail,
  ]
}

module "get_client_key" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "clients"
  operation   = "get_client_key"
  description = "GET /client-keys/{keyId}: one key for an administrator."
  environment = local.keys_environment

  statements = [
    {
      sid       = "ReadTheKeyAndWhenItWasUsed"
      actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem"]
      resources = [module.client_keys_table.arn]
    },
  ]
}

module "list_client_keys" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "clients"
  operation   = "list_client_keys"
  description = "GET /client-keys: a page of all keys for an administrator."
  environment = merge(local.keys_environment, { CURSOR_SECRET_ARN = var.cursor_secret_arn })

  statements = [
    {
      sid       = "ListKeysNewestFirst"
      actions   = ["dynamodb:Query"]
      resources = [module.client_keys_table.index_arns["newest"]]
    },
    {
      sid       = "ReadWhenTheKeysOfThePageWereUsed"
      actions   = ["dynamodb:BatchGetItem"]
      resources = [module.client_keys_table.arn]
    },
    {
      sid       = "SignAndVerifyCursors"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [var.cursor_secret_arn]
    },
  ]
}

module "get_current_client_key" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "clients"
  operation   = "get_current_client_key"
  description = "GET /client-keys/current: a machine asks what its key may do."
  environment = local.keys_environment

  statements = [
    {
      sid       = "ReadTheKeyAndWhenItWasUsed"
      actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem"]
      resources = [module.client_keys_table.arn]
    },
    {
      sid       = "CountTheRequestsOfKeys"
      actions   = ["dynamodb:UpdateItem"]
      resources = [module.client_keys_table.arn]

      conditions = [{
        test     = "ForAllValues:StringLike"
        variable = "dynamodb:LeadingKeys"
        values   = ["use#*"]
      }]
    },
  ]
}
