locals {
  endpoints_environment = { WEBHOOK_ENDPOINTS_TABLE = module.webhook_endpoints_table.name }
  endpoint_changes_environment = merge(local.endpoints_environment, {
    AUDIT_TRAIL_TABLE        = var.audit_trail_table.name
    WEBHOOK_LOOPBACK_ALLOWED = tostring(var.webhook_loopback_allowed)
  })

  tell_the_trail = {
    sid       = "TellTheAuditTrail"
    actions   = ["dynamodb:PutItem"]
    resources = [var.audit_trail_table.arn]
  }

  # Of all that the environment's key encrypts, a role may touch webhooks' secrets only: src/orderflow/checkout/webhooks/sealing.py.
  webhook_secrets_only = [{
    test     = "StringEquals"
    variable = "kms:EncryptionContext:purpose"
    values   = ["webhook-signing"]
  }]
}

module "create_webhook_endpoint" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "checkout"
  operation   = "create_webhook_endpoint"
  description = "POST /webhook_endpoints: an administrator says where a client's order events go."
  environment = merge(local.endpoint_changes_environment, {
    CLIENT_KEYS_TABLE = var.client_keys_table.name
    KMS_KEY_ARN       = var.platform.kms_key_arn
  })

  statements = [
    {
      sid       = "AddTheEndpointAndTheClaimToItsUrl"
      actions   = ["dynamodb:PutItem"]
      resources = [module.webhook_endpoints_table.arn]
    },
    {
      sid       = "FindTheKeyOfTheClient"
      actions   = ["dynamodb:GetItem"]
      resources = [var.client_keys_table.arn]
    },
    {
      sid       = "SayWhoHasTheUrlAlready"
      actions   = ["dynamodb:GetItem"]
      resources = [module.webhook_endpoints_table.arn]
    },
    {
      sid        = "EncryptTheSecret"
      actions    = ["kms:Encrypt"]
      resources  = [var.platform.kms_key_arn]
      conditions = local.webhook_secrets_only
    },
    local.tell_the_trail,
  ]
}

module "rotate_webhook_secret" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "checkout"
  operation   = "rotate_webhook_secret"
  description = "POST /webhook_endpoints/{endpointId}/rotate: an administrator makes another secret."
  environment = merge(local.endpoints_environment, {
    AUDIT_TRAIL_TABLE = var.audit_trail_table.name
    KMS_KEY_ARN       = var.platform.kms_key_arn
  })

  statements = [
    {
      sid       = "ReadAndReplaceTheEndpoint"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = [module.webhook_endpoints_table.arn]
    },
    {
      sid        = "EncryptTheSecret"
      actions    = ["kms:Encrypt"]
      resources  = [var.platform.kms_key_arn]
      conditions = local.webhook_secrets_only
    },
    local.tell_the_trail,
  ]
}

module "update_webhook_endpoint" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "checkout"
  operation   = "update_webhook_endpoint"
  description = "PUT /webhook_endpoints/{endpointId}: an administrator changes where events go, or whether any go."
  environment = local.endpoint_changes_environment

  statements = [
    {
      sid       = "ReadAndReplaceTheEndpointAndTheClaimToItsUrl"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = [module.webhook_endpoints_table.arn]
    },
    {
      sid       = "FreeTheUrlBefore"
      actions   = ["dynamodb:DeleteItem"]
      resources = [module.webhook_endpoints_table.arn]

      conditions = [{
        test     = "ForAllValues:StringLike"
        variable = "dynamodb:LeadingKeys"
        values   = ["url#*"]
      }]
    },
    local.tell_the_trail,
  ]
}

module "delete_webhook_endpoint" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "checkout"
  operation   = "delete_webhook_endpoint"
  description = "DELETE /webhook_endpoints/{endpointId}: an administrator removes an endpoint."
  environment = merge(local.endpoints_environment, { AUDIT_TRAIL_TABLE = var.audit_trail_table.name })

  statements = [
    {
      sid       = "ReadAndRemoveTheEndpointAndFreeItsUrl"
      actions   = ["dynamodb:DeleteItem", "dynamodb:GetItem"]
      resources = [module.webhook_endpoints_table.arn]
    },
    local.tell_the_trail,
  ]
}

module "get_webhook_endpoint" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "checkout"
  operation   = "get_webhook_endpoint"
  description = "GET /webhook_endpoints/{endpointId}: one endpoint for an administrator."
  environment = local.endpoints_environment

  statements = [
    {
      sid       = "ReadTheEndpoint"
      actions   = ["dynamodb:GetItem"]
      resources = [module.webhook_endpoints_table.arn]
    },
  ]
}

module "list_webhook_endpoints" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "checkout"
  operation   = "list_webhook_endpoints"
  description = "GET /webhook_endpoints: a page of all endpoints for an administrator."
  environment = merge(local.endpoints_environment, { CURSOR_SECRET_ARN = var.cursor_secret_arn })

  statements = [
    {
      sid       = "ListEndpointsNewestFirst"
      actions   = ["dynamodb:Query"]
      resources = [module.webhook_endpoints_table.index_arns["newest"]]
    },
    {
      sid       = "SignAndVerifyCursors"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [var.cursor_secret_arn]
    },
  ]
}
