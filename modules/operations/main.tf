# The key is the operation's day and entry, so that a day's operations are one Query.
module "operations_table" {
  source = "../dynamodb_table"

  name                = "${var.name_prefix}-operations"
  partition_key       = { name = "day", type = "S" }
  sort_key            = { name = "entry", type = "S" }
  kms_key_arn         = var.kms_key_arn
  deletion_protection = var.deletion_protection
}

# Append-only for everybody, administrators of the account included: who must rewrite it has to change this policy first,
# and CloudTrail keeps that. New entries need PutItem; that one replaces none is the writer's condition, IAM cannot ask for it.
resource "aws_dynamodb_resource_policy" "append_only" {
  resource_arn = module.operations_table.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "NobodyChangesOrRemovesAnEntry"
      Effect    = "Deny"
      Principal = { AWS = "*" }
      Action = [
        "dynamodb:DeleteItem",
        "dynamodb:PartiQLDelete",
        "dynamodb:PartiQLUpdate",
        "dynamodb:UpdateItem",
      ]
      Resource = module.operations_table.arn
    }]
  })
}
