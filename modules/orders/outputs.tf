output "functions" {
  description = "The context's functions by operation."
  value = {
    for operation, function in merge({
      cancel_order         = module.cancel_order
      request_review       = module.request_review
      review_order         = module.review_order
      place_order          = module.place_order
      list_orders          = module.list_orders
      get_order            = module.get_order
      update_order         = module.update_order
      start_order_workflow = module.start_order_workflow
      sweep_orders         = module.sweep_orders
      ship_order           = module.ship_order
      deliver_order        = module.deliver_order
      return_order         = module.return_order
      refund_order         = module.refund_order
      finish_movements     = module.finish_movements
      },
      { for function in module.generate_orders : "generate_orders" => function },
      ) : operation => {
      function_name = function.function_name
      arn           = function.arn
      invoke_arn    = function.invoke_arn
    }
  }
}

output "orders_table" {
  description = "Name and ARN of the orders table."
  value       = { name = module.orders_table.name, arn = module.orders_table.arn }
}

output "orders_stream_arn" {
  description = "ARN of the orders table's stream, with the images before and after each change."
  value       = module.orders_table.stream_arn
}

output "idempotency_table" {
  description = "Name and ARN of the idempotency table."
  value       = { name = module.idempotency_table.name, arn = module.idempotency_table.arn }
}

output "order_queue" {
  description = "The order queue and its dead letter queue."
  value = {
    name                  = module.order_queue.name
    arn                   = module.order_queue.arn
    url                   = module.order_queue.url
    dead_letter_queue_url = module.order_queue.dead_letter_queue_url
  }
}

output "order_state_machine_arn" {
  description = "ARN of order_processing."
  value       = module.order_processing.arn
}

output "order_cancellation_state_machine_arn" {
  description = "ARN of order_cancellation."
  value       = module.order_cancellation.arn
}

output "order_completed_topic_arn" {
  description = "ARN of the topic that tells of confirmed orders."
  value       = module.order_completed_topic.arn
}

output "order_failed_topic_arn" {
  description = "ARN of the topic that tells of orders that ended otherwise."
  value       = module.order_failed_topic.arn
}

output "order_review_topic_arn" {
  description = "ARN of the topic that tells the shop's people which orders wait for them."
  value       = module.order_review_topic.arn
}
