output "name" {
  description = "Name of the schedule."
  value       = aws_scheduler_schedule.this.name
}

output "policy" {
  description = "What the schedule may do, as the JSON of its role's policy."
  value       = aws_iam_role_policy.this.policy
}
