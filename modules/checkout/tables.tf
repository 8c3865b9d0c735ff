# One item is one event of a session with the state that it led to: the newest item is the session, whatever the length
# of its history. The stream tells of each event as it was written.
module "sessions_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-checkout-sessions"
  partition_key       = { name = "sessionId", type = "S" }
  sort_key            = { name = "version", type = "N" }
  append_only         = true
  stream_view         = "NEW_IMAGE"
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection

  # The first and the last event of each session only: who has one of them there has not ended.
  indexes = {
    by-expiry = {
      partition_key = { name = "expiryHour", type = "S" }
      sort_key      = { name = "expiresAt", type = "S" }
      projection    = "KEYS_ONLY"
    }
  }
}

# A code's terms and count under `terms`, a client's uses of it under client#<id>: discount_records.py of orderflow.checkout.
# The index has keys only and codes only: a purchase that uses a code writes one row, and no index.
module "discounts_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-discounts"
  partition_key       = { name = "code", type = "S" }
  sort_key            = { name = "holder", type = "S" }
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection

  indexes = {
    by-code = {
      partition_key = { name = "listing", type = "S" }
      sort_key      = { name = "code", type = "S" }
      projection    = "KEYS_ONLY"
    }
  }
}
