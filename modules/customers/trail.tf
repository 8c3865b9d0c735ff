# Who changed what, in every context: an entry is written in the transaction of the change it tells of.
# It stands here because people ask for their own part of it at /users.
module "audit_trail_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-audit-trail"
  partition_key       = { name = "subject", type = "S" }
  sort_key            = { name = "entryId", type = "S" }
  append_only         = true
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection

  # An entry's id begins with its time: read backwards, the index is newest first. Entries about nobody's data have no owner.
  indexes = {
    by-owner = {
      partition_key = { name = "owner", type = "S" }
      sort_key      = { name = "entryId", type = "S" }
    }
  }
}

module "list_audit_entries" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "customers"
  operation   = "list_audit_entries"
  description = "GET /users/{userId}/audit: what was changed of a person's data, newest first."
  environment = { AUDIT_TRAIL_TABLE = module.audit_trail_table.name, CURSOR_SECRET_ARN = var.cursor_secret_arn }

  statements = [
    {
      sid       = "ReadWhatConcernsAPerson"
      actions   = ["dynamodb:Query"]
      resources = [module.audit_trail_table.index_arns["by-owner"]]
    },
    {
      sid       = "SignAndVerifyCursors"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [var.cursor_secret_arn]
    },
  ]
}
