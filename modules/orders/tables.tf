module "orders_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-orders"
  partition_key       = { name = "orderId", type = "S" }
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection
  # Read by analytics: what changed is the difference of both.
  stream_view = "NEW_AND_OLD_IMAGES"

  # An order id is a ULID: read backwards, the index is newest first.
  indexes = {
    by-user = {
      partition_key = { name = "userId", type = "S" }
      sort_key      = { name = "orderId", type = "S" }
    }
    # Only orders whose workflow has work left carry these keys; the sweeper reads them, due first.
    by-open = {
      partition_key = { name = "openGroup", type = "S" }
      sort_key      = { name = "checkAfter", type = "S" }
      projection    = "KEYS_ONLY"
    }
  }
}

module "idempotency_table" {
  source = "../dynamodb_table"

  name                 = "${var.platform.name_prefix}-idempotency"
  partition_key        = { name = "id", type = "S" }
  expires_at_attribute = "expiresAt"
  kms_key_arn          = var.platform.kms_key_arn
  deletion_protection  = var.platform.deletion_protection
}
