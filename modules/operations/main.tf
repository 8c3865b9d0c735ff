# The key is the operation's day and entry, so that a day's operations are one Query.
module "operations_table" {
  source = "../dynamodb_table"

  name          = "${var.name_prefix}-operations"
  partition_key = { name = "day", type = "S" }
  sort_key      = { name = "entry", type = "S" }
  append_only   = true

  kms_key_arn         = var.kms_key_arn
  deletion_protection = var.deletion_protection

  # What operators did to one thing; an entry's name begins with the operation's ULID.
  indexes = {
    by-subject = {
      partition_key = { name = "subject", type = "S" }
      sort_key      = { name = "entry", type = "S" }
    }
  }
}

moved {
  from = aws_dynamodb_resource_policy.append_only
  to   = module.operations_table.aws_dynamodb_resource_policy.append_only[0]
}
