# Delegated payment tokens: what a buyer allowed, and what the payment provider is asked with. Nothing of a card.
module "payment_tokens_table" {
  source = "../dynamodb_table"

  name                 = "${var.platform.name_prefix}-payment-tokens"
  partition_key        = { name = "tokenId", type = "S" }
  expires_at_attribute = "purgeAt"
  kms_key_arn          = var.platform.kms_key_arn
  deletion_protection  = var.platform.deletion_protection
}

# For a developer's machine and for trying things out: it takes test cards only, and a shop that is paid has no vault.
module "delegate_payment" {
  source = "../lambda_function"
  count  = var.payment_vault ? 1 : 0

  platform    = var.platform
  context     = "checkout"
  operation   = "delegate_payment"
  description = "POST /agentic_commerce/delegate_payment: a test card becomes a payment token with an allowance."
  environment = {
    CHECKOUT_MODE        = var.mode
    CLIENT_KEYS_TABLE    = var.client_keys_table.name
    CURRENCY             = var.currency
    IDEMPOTENCY_TABLE    = var.idempotency_table.name
    PAYMENT_PROVIDER     = var.payment_provider
    PAYMENT_TOKENS_TABLE = module.payment_tokens_table.name
  }

  statements = [
    {
      sid       = "KeepTheToken"
      actions   = ["dynamodb:PutItem"]
      resources = [module.payment_tokens_table.arn]
    },
    local.answer_once,
    local.count_requests,
  ]
}
