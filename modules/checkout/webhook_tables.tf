# All of one order on its way to one endpoint under one key: src/orderflow/checkout/webhooks/delivery_records.py.
# Only lanes where something waits are in due; only how events stand in the other two.
module "webhook_deliveries_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-webhook-deliveries"
  partition_key       = { name = "lane", type = "S" }
  sort_key            = { name = "row", type = "S" }
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection

  indexes = {
    due = {
      partition_key = { name = "due", type = "S" }
      sort_key      = { name = "dueAt", type = "S" }
      projection    = "KEYS_ONLY"
    }
    by-order = {
      partition_key = { name = "ofOrder", type = "S" }
      sort_key      = { name = "takenAt", type = "S" }
    }
    by-day = {
      partition_key = { name = "day", type = "S" }
      sort_key      = { name = "takenAt", type = "S" }
    }
  }
}

# An endpoint under its id, the claim of a client to a URL under url#<digest>: src/orderflow/checkout/webhooks/endpoint_records.py.
# Claims are in no index.
module "webhook_endpoints_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-webhook-endpoints"
  partition_key       = { name = "endpointId", type = "S" }
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection

  indexes = {
    newest = {
      partition_key = { name = "listing", type = "S" }
      sort_key      = { name = "endpointId", type = "S" }
    }
    of-client = {
      partition_key = { name = "clientId", type = "S" }
      sort_key      = { name = "endpointId", type = "S" }
    }
  }
}
