# Delegated payment tokens: what a buyer allowed, and what the payment provider is asked with. Nothing of a card.
module "payment_tokens_table" {
  source = "../dynamodb_table"

  name                 = "${var.platform.name_prefix}-payment-tokens"
  partition_key        = { name = "tokenId", type = "S" }
  expires_at_attribute = "purgeAt"
  kms_key_arn          = var.platform.kms_key_arn
  deletion_protection  = var.platform.deletion_protection
}
