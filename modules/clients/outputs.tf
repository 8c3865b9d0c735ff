output "functions" {
  description = "The context's functions by operation."
  value = {
    for operation, function in {
      authorize_client       = module.authorize_client
      create_client_key      = module.create_client_key
      rotate_client_key      = module.rotate_client_key
      revoke_client_key      = module.revoke_client_key
      get_client_key         = module.get_client_key
      list_client_keys       = module.list_client_keys
      get_current_client_key = module.get_current_client_key
      } : operation => {
      function_name = function.function_name
      arn           = function.arn
      invoke_arn    = function.invoke_arn
    }
  }
}

output "client_keys_table" {
  description = "Name and ARN of the client keys table; a function that serves machines counts their requests there."
  value       = { name = module.client_keys_table.name, arn = module.client_keys_table.arn }
}
