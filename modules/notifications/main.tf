locals {
  # Known by a hash of its address: plans, logs and reordered lists show none, and nobody has to confirm again.
  subscriptions = merge([
    for topic, subscriptions in nonsensitive(var.subscriptions) : {
      for subscription in subscriptions :
      "${topic}-${subscription.email != null ? "email" : "sms"}-${substr(sha256(coalesce(subscription.email, subscription.phone_number)), 0, 12)}" => {
        topic_arn = var.topics[topic].arn
        protocol  = subscription.email != null ? "email" : "sms"
        endpoint  = coalesce(subscription.email, subscription.phone_number)
        types     = subscription.types
      }
    }
  ]...)
}

# No redrive_policy: what an inbox or a telephone does not take could not be replayed from a queue.
resource "aws_sns_topic_subscription" "this" {
  for_each = local.subscriptions

  topic_arn     = each.value.topic_arn
  protocol      = each.value.protocol
  endpoint      = sensitive(each.value.endpoint)
  filter_policy = length(each.value.types) > 0 ? jsonencode({ type = each.value.types }) : null
}
