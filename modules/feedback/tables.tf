# A row for each product of the judged order, so that what is said about a product is one Query.
module "feedback_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-feedback"
  partition_key       = { name = "feedbackId", type = "S" }
  sort_key            = { name = "productId", type = "S" }
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection

  # Read by analytics: what changed is the difference of both.
  stream_view = "NEW_AND_OLD_IMAGES"

  # `ratedProduct` is there while a row counts at its product, `dueGroup` while the order may still change.
  indexes = {
    by-product = {
      partition_key = { name = "ratedProduct", type = "S" }
      sort_key      = { name = "createdAt", type = "S" }
    }
    by-due = {
      partition_key = { name = "dueGroup", type = "S" }
      sort_key      = { name = "checkAfter", type = "S" }
      projection    = "KEYS_ONLY"
    }
  }
}
