output "subscription_count" {
  description = "How many subscriptions there are to each topic, confirmed or not."
  value       = { for topic in keys(var.topics) : topic => length([for key in keys(local.subscriptions) : key if startswith(key, "${topic}-")]) }
}
