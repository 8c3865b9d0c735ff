# A key under its id, what it is used for under use#<id>, its name under name#<name>: src/orderflow/clients/key_records.py.
# Only keys have a `listing`, so that the writes of each request touch no index.
module "client_keys_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-client-keys"
  partition_key       = { name = "keyId", type = "S" }
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection

  indexes = {
    newest = {
      partition_key = { name = "listing", type = "S" }
      sort_key      = { name = "keyId", type = "S" }
    }
  }
}
