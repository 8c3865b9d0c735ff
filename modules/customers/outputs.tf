output "functions" {
  description = "The context's functions by operation."
  value = {
    for operation, function in {
      register_customer     = module.register_customer
      login_customer        = module.login_customer
      authenticate_customer = module.authenticate_customer
      } : operation => {
      function_name = function.function_name
      arn           = function.arn
      invoke_arn    = function.invoke_arn
    }
  }
}

output "audit_trail_table" {
  description = "Name and ARN of the audit trail; whoever changes something may put an entry, and nothing else."
  value       = { name = module.audit_trail_table.name, arn = module.audit_trail_table.arn }
}
