output "functions" {
  description = "The context's functions by operation."
  value = {
    for operation, function in {
      get_analytics   = module.get_analytics
      forward_changes = module.forward_changes
      count_changes   = module.count_changes
      } : operation => {
      function_name = function.function_name
      arn           = function.arn
      invoke_arn    = function.invoke_arn
    }
  }
}

output "analytics_table" {
  description = "Name and ARN of the analytics table."
  value       = { name = module.analytics_table.name, arn = module.analytics_table.arn }
}

output "change_queue" {
  description = "The queue of changes that are to be counted, and its dead letter queue."
  value = {
    name                  = module.change_queue.name
    arn                   = module.change_queue.arn
    url                   = module.change_queue.url
    dead_letter_queue_url = module.change_queue.dead_letter_queue_url
  }
}
