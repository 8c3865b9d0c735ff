output "sessions_table" {
  description = "Name, ARN and stream ARN of the checkout sessions table."
  value = {
    name       = module.sessions_table.name
    arn        = module.sessions_table.arn
    stream_arn = module.sessions_table.stream_arn
  }
}
