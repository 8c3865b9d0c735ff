output "functions" {
  description = "The context's functions by operation."
  value = {
    for operation, function in {
      create_webhook_endpoint = module.create_webhook_endpoint
      rotate_webhook_secret   = module.rotate_webhook_secret
      update_webhook_endpoint = module.update_webhook_endpoint
      delete_webhook_endpoint = module.delete_webhook_endpoint
      get_webhook_endpoint    = module.get_webhook_endpoint
      list_webhook_endpoints  = module.list_webhook_endpoints
      } : operation => {
      function_name = function.function_name
      arn           = function.arn
      invoke_arn    = function.invoke_arn
    }
  }
}

output "webhook_endpoints_table" {
  description = "Name and ARN of the table of webhook endpoints."
  value       = { name = module.webhook_endpoints_table.name, arn = module.webhook_endpoints_table.arn }
}

output "sessions_table" {
  description = "Name, ARN and stream ARN of the checkout sessions table."
  value = {
    name       = module.sessions_table.name
    arn        = module.sessions_table.arn
    stream_arn = module.sessions_table.stream_arn
  }
}

output "discounts_table" {
  description = "Name and ARN of the table of discount codes."
  value       = { name = module.discounts_table.name, arn = module.discounts_table.arn }
output "payment_tokens_table" {
  description = "Name and ARN of the table of delegated payment tokens."
  value       = { name = module.payment_tokens_table.name, arn = module.payment_tokens_table.arn }
}
