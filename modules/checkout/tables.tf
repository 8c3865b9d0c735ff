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
}
