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
