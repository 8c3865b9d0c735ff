module "analytics_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-analytics"
  partition_key       = { name = "book", type = "S" }
  sort_key            = { name = "line", type = "S" }
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection

  # Only the rows of a day's products have units; read backwards, it is what sold most.
  indexes = {
    by-units = {
      partition_key = { name = "book", type = "S" }
      sort_key      = { name = "units", type = "N" }
      projection    = "KEYS_ONLY"
    }
  }
}
