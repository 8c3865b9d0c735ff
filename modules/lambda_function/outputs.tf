output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "invoke_arn" {
  description = "ARN by which API Gateway invokes the function."
  value       = aws_lambda_function.this.invoke_arn
}

output "role_arn" {
  description = "ARN of the function's role."
  value       = aws_iam_role.this.arn
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "timeout_seconds" {
  description = "Seconds until Lambda ends an invocation; a queue's visibility follows from it."
  value       = var.timeout_seconds
}

output "policy" {
  description = "What the function may do, as the JSON of its role's policy; the contexts' tests read it."
  value       = aws_iam_role_policy.this.policy
}

output "environment" {
  description = "The function's settings, the common ones included; no secret is among them."
  value       = one(aws_lambda_function.this.environment).variables
}
