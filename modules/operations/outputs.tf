output "operations_table" {
  description = "Name and ARN of the table of operations."
  value       = { name = module.operations_table.name, arn = module.operations_table.arn }
}
