output "functions" {
  description = "The context's functions by operation."
  value = {
    for operation, function in merge({
      create_webhook_endpoint   = module.create_webhook_endpoint
      rotate_webhook_secret     = module.rotate_webhook_secret
      update_webhook_endpoint   = module.update_webhook_endpoint
      delete_webhook_endpoint   = module.delete_webhook_endpoint
      get_webhook_endpoint      = module.get_webhook_endpoint
      list_webhook_endpoints    = module.list_webhook_endpoints
      publish_checkout_events   = module.publish_checkout_events
      take_order_updates        = module.take_order_updates
      send_webhooks             = module.send_webhooks
      release_webhooks          = module.release_webhooks
      create_checkout_session   = module.create_checkout_session
      update_checkout_session   = module.update_checkout_session
      cancel_checkout_session   = module.cancel_checkout_session
      complete_checkout_session = module.complete_checkout_session
      follow_orders             = module.follow_orders
      get_checkout_session      = module.get_checkout_session
      discover_checkout         = module.discover_checkout
      expire_checkout_sessions  = module.expire_checkout_sessions
      serve_checkout_tools      = module.serve_checkout_tools
      }, { for vault in module.delegate_payment : "delegate_payment" => vault }) : operation => {
      function_name = function.function_name
      arn           = function.arn
      invoke_arn    = function.invoke_arn
    }
  }
}

output "webhook_deliveries_table" {
  description = "Name and ARN of the table of webhooks on their way."
  value       = { name = module.webhook_deliveries_table.name, arn = module.webhook_deliveries_table.arn }
}

output "checkout_events_topic" {
  description = "Name and ARN of the topic that tells what happens to orders of checkout sessions."
  value       = { name = module.checkout_events.name, arn = module.checkout_events.arn }
}

output "webhook_queues" {
  description = "URLs of the queues of order updates and of attempts, and of their dead letter queues."
  value = {
    order_updates                 = module.order_updates.url
    order_updates_dead_letters    = module.order_updates.dead_letter_queue_url
    webhook_attempts              = module.webhook_attempts.url
    webhook_attempts_dead_letters = module.webhook_attempts.dead_letter_queue_url
  }
}

output "followed_orders_queue" {
  description = "URLs of the queue of order events that sessions follow, and of its dead letter queue."
  value = {
    url                   = module.followed_orders.url
    dead_letter_queue_url = module.followed_orders.dead_letter_queue_url
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
}

output "payment_tokens_table" {
  description = "Name and ARN of the table of delegated payment tokens."
  value       = { name = module.payment_tokens_table.name, arn = module.payment_tokens_table.arn }
}
