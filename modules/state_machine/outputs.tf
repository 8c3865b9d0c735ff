output "arn" {
  description = "ARN of the state machine."
  value       = aws_sfn_state_machine.this.arn
}

output "live_arn" {
  description = "ARN of the alias that callers start."
  value       = aws_sfn_alias.live.arn
}

output "name" {
  description = "Name of the state machine."
  value       = aws_sfn_state_machine.this.name
}

output "log_group_name" {
  description = "Name of the machine's log group."
  value       = aws_cloudwatch_log_group.this.name
}

output "policy" {
  description = "What the machine may do, as the JSON of its role's policy; the contexts' tests read it."
  value       = aws_iam_role_policy.this.policy
}

output "definition" {
  description = "The definition as the machine runs it."
  value       = aws_sfn_state_machine.this.definition
}
