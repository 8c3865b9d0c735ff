output "api_endpoint" {
  description = "Base URL of the API."
  value       = module.api.api_endpoint
}

output "cognito_user_pool_id" {
  description = "Id of the user pool."
  value       = module.identity.user_pool_id
}

output "cognito_user_pool_client_id" {
  description = "Id of the user pool's client."
  value       = module.identity.user_pool_client_id
}

output "customers_table_name" {
  description = "Name of the table of profiles."
  value       = module.customers.customers_table.name
}

output "products_table_name" {
  description = "Name of the products table."
  value       = module.catalog.products_table.name
}

output "product_words_table_name" {
  description = "Name of the table of the words that products are found by."
  value       = module.catalog.product_words_table.name
}

output "stock_table_name" {
  description = "Name of the stock table."
  value       = module.catalog.stock_table.name
}

output "reservations_table_name" {
  description = "Name of the reservations table."
  value       = module.catalog.reservations_table.name
}

output "orders_table_name" {
  description = "Name of the orders table."
  value       = module.orders.orders_table.name
}

output "payments_table_name" {
  description = "Name of the payments table."
  value       = module.payments.payments_table.name
}

output "payment_requests_table_name" {
  description = "Name of the table of requests to pay."
  value       = module.payments.payment_requests_table.name
}

output "feedback_table_name" {
  description = "Name of the feedback table."
  value       = module.feedback.feedback_table.name
}

output "checkout_sessions_table_name" {
  description = "Name of the table of checkout sessions."
  value       = module.checkout.sessions_table.name
}

output "payment_tokens_table_name" {
  description = "Name of the table of delegated payment tokens."
  value       = module.checkout.payment_tokens_table.name
}

output "webhook_endpoints_table_name" {
  description = "Name of the table of webhook endpoints."
  value       = module.checkout.webhook_endpoints_table.name
}

output "checkout_discounts_table_name" {
  description = "Name of the table of discount codes."
  value       = module.checkout.discounts_table.name
}

output "webhook_deliveries_table_name" {
  description = "Name of the table of webhooks on their way."
  value       = module.checkout.webhook_deliveries_table.name
}

output "checkout_events_topic_arn" {
  description = "ARN of the topic that tells what happens to orders of checkout sessions."
  value       = module.checkout.checkout_events_topic.arn
}

output "order_updates_queue_url" {
  description = "URL of the queue of order events that agents are to be told of."
  value       = module.checkout.webhook_queues.order_updates
}

output "order_updates_dlq_url" {
  description = "URL of the dead letter queue of order events."
  value       = module.checkout.webhook_queues.order_updates_dead_letters
}

output "followed_orders_queue_url" {
  description = "URL of the queue of order events that checkout sessions follow."
  value       = module.checkout.followed_orders_queue.url
}

output "followed_orders_dlq_url" {
  description = "URL of the dead letter queue of order events that checkout sessions follow."
  value       = module.checkout.followed_orders_queue.dead_letter_queue_url
}

output "idempotency_table_name" {
  description = "Name of the idempotency table."
  value       = module.orders.idempotency_table.name
}

output "analytics_table_name" {
  description = "Name of the table of counters."
  value       = module.analytics.analytics_table.name
}

output "change_queue_url" {
  description = "URL of the queue of order changes that are to be counted."
  value       = module.analytics.change_queue.url
}

output "operations_table_name" {
  description = "Name of the append-only table of what operators changed."
  value       = module.operations.operations_table.name
}

output "audit_trail_table_name" {
  description = "Name of the append-only table of who changed what."
  value       = module.customers.audit_trail_table.name
}

output "client_keys_table_name" {
  description = "Name of the client keys table."
  value       = module.clients.client_keys_table.name
}

output "order_queue_url" {
  description = "URL of the order queue."
  value       = module.orders.order_queue.url
}

output "order_dlq_url" {
  description = "URL of the order queue's dead letter queue."
  value       = module.orders.order_queue.dead_letter_queue_url
}

output "order_state_machine_arn" {
  description = "ARN of order_processing."
  value       = module.orders.order_state_machine_arn
}

output "order_cancellation_state_machine_arn" {
  description = "ARN of order_cancellation."
  value       = module.orders.order_cancellation_state_machine_arn
}

output "payment_state_machine_arn" {
  description = "ARN of payment."
  value       = module.payments.payment_state_machine_arn
}

output "order_completed_topic_arn" {
  description = "ARN of the topic that tells of confirmed orders."
  value       = module.orders.order_completed_topic_arn
}

output "order_review_topic_arn" {
  description = "Topic that tells the shop's people which orders wait for them."
  value       = module.orders.order_review_topic_arn
}

output "order_failed_topic_arn" {
  description = "ARN of the topic that tells of orders that ended otherwise."
  value       = module.orders.order_failed_topic_arn
}

output "alarm_topic_arn" {
  description = "ARN of the topic that alarms publish to; subscribe whoever is on call."
  value       = module.alarm_topic.arn
}

output "product_images_bucket_name" {
  description = "Name of the private bucket with the product pictures."
  value       = module.catalog.product_images_bucket_name
}

output "profile_pictures_bucket_name" {
  description = "Name of the private bucket with people's pictures."
  value       = module.customers.profile_pictures_bucket_name
}

output "function_names" {
  description = "Name of each function by operation."
  value       = { for operation, function in local.functions : operation => function.function_name }
}
