# For everybody, administrators of the account included: who must rewrite an entry has to change this policy first, and
# CloudTrail keeps that. New items need PutItem; that one replaces none is the writer's condition, IAM cannot ask for it.
locals {
  refuse_changes = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "NobodyChangesOrRemovesAnEntry"
      Effect    = "Deny"
      Principal = { AWS = "*" }
      Action = [
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:PartiQLDelete",
        "dynamodb:PartiQLUpdate",
        "dynamodb:UpdateItem",
      ]
      Resource = aws_dynamodb_table.this.arn
    }]
  })
}

resource "aws_dynamodb_resource_policy" "append_only" {
  count = var.append_only ? 1 : 0

  resource_arn = aws_dynamodb_table.this.arn
  policy       = local.refuse_changes
}
