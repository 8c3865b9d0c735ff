output "functions" {
  description = "The context's functions by operation."
  value = {
    for operation, function in {
      authorize_payment    = module.authorize_payment
      capture_payment      = module.capture_payment
      find_payment_outcome = module.find_payment_outcome
      get_payment          = module.get_payment
      pay_order            = module.pay_order
      receive_stripe_event = module.receive_stripe_event
      refund_payment       = module.refund_payment
      void_payment         = module.void_payment
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

output "payment_requests_table" {
  description = "Name and ARN of the table of requests to pay."
  value       = { name = module.payment_requests_table.name, arn = module.payment_requests_table.arn }
}

output "payment_state_machine_arn" {
  description = "ARN of the payment machine."
  value       = module.payment.arn
}

output "provider_environment" {
  description = "Settings of the payment provider, as every function has them that asks it; no secret among them."
  value       = local.provider_environment
}
