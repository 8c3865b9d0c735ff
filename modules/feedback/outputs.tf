output "functions" {
  description = "The context's functions by operation."
  value = {
    for operation, function in {
      give_feedback   = module.give_feedback
      update_feedback = module.update_feedback
      delete_feedback = module.delete_feedback
      list_feedback   = module.list_feedback
      settle_feedback = module.settle_feedback
      } : operation => {
      function_name = function.function_name
      arn           = function.arn
      invoke_arn    = function.invoke_arn
    }
  }
}

output "feedback_table" {
  description = "Name and ARN of the feedback table."
  value       = { name = module.feedback_table.name, arn = module.feedback_table.arn }
}

output "feedback_stream_arn" {
  description = "ARN of the feedback table's stream, with the images before and after each change."
  value       = module.feedback_table.stream_arn
}
