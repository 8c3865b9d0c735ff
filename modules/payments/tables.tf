module "payments_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-payments"
  partition_key       = { name = "paymentId", type = "S" }
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection

  indexes = {
    by-order = {
      partition_key = { name = "orderId", type = "S" }
      sort_key      = { name = "paymentId", type = "S" }
    }
  }
}

# Requests to pay: the keys of POST /pay with the payment methods they came with, read by nobody else; forgotten after a day.
module "payment_requests_table" {
  source = "../dynamodb_table"

  name                 = "${var.platform.name_prefix}-payment-requests"
  partition_key        = { name = "requestId", type = "S" }
  expires_at_attribute = "expiresAt"
  kms_key_arn          = var.platform.kms_key_arn
  deletion_protection  = var.platform.deletion_protection
}
