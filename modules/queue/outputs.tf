output "arn" {
  description = "ARN of the queue."
  value       = aws_sqs_queue.this.arn
}

output "url" {
  description = "URL of the queue."
  value       = aws_sqs_queue.this.url
}

output "name" {
  description = "Name of the queue."
  value       = aws_sqs_queue.this.name
}

output "dead_letter_queue_arn" {
  description = "ARN of the dead letter queue."
  value       = module.dead_letters.arn
}

output "dead_letter_queue_url" {
  description = "URL of the dead letter queue."
  value       = module.dead_letters.url
}
