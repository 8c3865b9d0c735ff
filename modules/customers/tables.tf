# Profiles, and for each the claim `email#<address>` that makes its e-mail address nobody else's: one transaction moves both.
module "customers_table" {
  source = "../dynamodb_table"

  name                 = "${var.platform.name_prefix}-customers"
  partition_key        = { name = "userId", type = "S" }
  expires_at_attribute = "purgeAt"
  kms_key_arn          = var.platform.kms_key_arn
  deletion_protection  = var.platform.deletion_protection

  # `listing` is "active" or absent: deleted profiles and claims are in no index.
  indexes = {
    all-by-created = {
      partition_key = { name = "listing", type = "S" }
      sort_key      = { name = "createdAt", type = "S" }
    }
    all-by-email = {
      partition_key = { name = "listing", type = "S" }
      sort_key      = { name = "email", type = "S" }
    }
    all-by-name = {
      partition_key = { name = "listing", type = "S" }
      sort_key      = { name = "nameKey", type = "S" }
    }
  }
}
