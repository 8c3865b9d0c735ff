output "functions" {
  description = "The context's functions by operation."
  value = {
    for operation, function in {
      process_payment = module.process_payment
      refund_payment  = module.refund_payment
      } : operation => {
      function_name = function.function_name
      arn           = function.arn
      invoke_arn    = function.invoke_arn
    }
  }
}

output "payments_table" {
  description = "Name and ARN of the payments table."
  value       = { name = module.payments_table.name, arn = module.payments_table.arn }
}
