output "name" {
  description = "Name of the table."
  value       = aws_dynamodb_table.this.name
}

output "arn" {
  description = "ARN of the table."
  value       = aws_dynamodb_table.this.arn
}

output "index_arns" {
  description = "ARN of each index by its name; a Query on an index is allowed on the index, not on the table."
  value       = { for name in keys(var.indexes) : name => "${aws_dynamodb_table.this.arn}/index/${name}" }
}

output "policy" {
  description = "The table's own policy as JSON; null for a table that may be changed."
  value       = one(aws_dynamodb_resource_policy.append_only[*].policy)
}

output "stream_arn" {
  description = "ARN of the table's stream; null without one."
  value       = var.stream_view == null ? null : aws_dynamodb_table.this.stream_arn
}
