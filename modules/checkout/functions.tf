locals {
  # What every function that serves an agent reads.
  agents_environment = {
    CHECKOUT_SESSIONS_TABLE = module.sessions_table.name
    CLIENT_KEYS_TABLE       = var.client_keys_table.name
    CHECKOUT_MODE           = var.mode
    CURRENCY                = var.currency
    MERCHANT_ID             = var.platform.name_prefix
    PAYMENT_PROVIDER        = var.payment_provider
    SHOP_URL                = var.shop_url
  }
  changing_environment = merge(local.agents_environment, { IDEMPOTENCY_TABLE = var.idempotency_table.name })
  pricing_environment = {
    DISCOUNTS_TABLE = module.discounts_table.name
    PRODUCTS_TABLE  = var.products_table.name
    STOCK_TABLE     = var.stock_table.name
    PRICE_TABLES    = var.price_tables
  }

  # Nothing of the key itself: neither what it may do nor its secrets.
  count_requests = {
    sid       = "CountTheRequestsOfKeys"
    actions   = ["dynamodb:UpdateItem"]
    resources = [var.client_keys_table.arn]
    conditions = [{
      test     = "ForAllValues:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["use#*"]
    }]
  }
  add_to_the_session = {
    sid       = "ReadTheSessionAndAddToIt"
    actions   = ["dynamodb:PutItem", "dynamodb:Query"]
    resources = [module.sessions_table.arn]
  }
  answer_once = {
    sid       = "KeepTheAnswerForRepeats"
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
    resources = [var.idempotency_table.arn]
  }
  look_at_the_catalogue = {
    sid       = "LookAtPricesAndStock"
    actions   = ["dynamodb:BatchGetItem"]
    resources = [var.products_table.arn, var.stock_table.arn]
  }
  look_up_discount_codes = {
    sid       = "LookUpDiscountCodes"
    actions   = ["dynamodb:BatchGetItem"]
    resources = [module.discounts_table.arn]
  }
}

module "create_checkout_session" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "checkout"
  operation   = "create_checkout_session"
  description = "POST /checkout_sessions: an agent begins a session."
  environment = merge(local.changing_environment, local.pricing_environment, { CHECKOUT_SESSION_SECONDS = var.session_seconds })
  statements  = [local.add_to_the_session, local.answer_once, local.look_at_the_catalogue, local.look_up_discount_codes, local.count_requests]
}

module "update_checkout_session" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "checkout"
  operation   = "update_checkout_session"
  description = "POST /checkout_sessions/{checkoutSessionId}: an agent changes its session."
  environment = merge(local.changing_environment, local.pricing_environment)
  statements  = [local.add_to_the_session, local.answer_once, local.look_at_the_catalogue, local.look_up_discount_codes, local.count_requests]
}

module "cancel_checkout_session" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "checkout"
  operation   = "cancel_checkout_session"
  description = "POST /checkout_sessions/{checkoutSessionId}/cancel: an agent gives its session up."
  environment = local.changing_environment
  statements  = [local.add_to_the_session, local.answer_once, local.count_requests]
}

module "get_checkout_session" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "checkout"
  operation   = "get_checkout_session"
  description = "GET /checkout_sessions/{checkoutSessionId}: a session as it is now."
  environment = local.agents_environment

  statements = [
    {
      sid       = "ReadTheSession"
      actions   = ["dynamodb:Query"]
      resources = [module.sessions_table.arn]
    },
    local.count_requests,
  ]
}

module "discover_checkout" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "checkout"
  operation   = "discover_checkout"
  description = "GET /.well-known/acp.json: what the checkout speaks and can do."
  environment = { API_URL = var.api_url, CURRENCY = var.currency }
  statements  = []
}
