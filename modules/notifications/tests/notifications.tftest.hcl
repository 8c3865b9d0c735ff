mock_provider "aws" {
  source          = "../../tests/terraform/mocks"
  override_during = plan
}

variables {
  topics = {
    order_completed = { arn = "arn:aws:sns:eu-central-1:123456789012:orders-completed", types = ["order.completed"] }
    order_failed    = { arn = "arn:aws:sns:eu-central-1:123456789012:orders-failed", types = ["order.failed", "order.rejected"] }
    alarms          = { arn = "arn:aws:sns:eu-central-1:123456789012:alarms", types = [] }
  }
}

run "without_subscriptions_nobody_is_told" {
  command = plan

  assert {
    condition     = length(aws_sns_topic_subscription.this) == 0 && output.subscription_count == { order_completed = 0, order_failed = 0, alarms = 0 }
    error_message = "Nobody may be subscribed who was not named."
  }
}

run "each_address_hears_its_topic_and_its_types" {
  command = plan

  variables {
    subscriptions = {
      order_completed = [{ email = "sales@example.com" }]
      order_failed    = [{ email = "sales@example.com", types = ["order.rejected"] }, { phone_number = "+4915112345678", types = ["order.failed", "order.rejected"] }]
      alarms          = [{ email = "on-call@example.com" }]
    }
  }

  assert {
    condition = nonsensitive({
      for each in values(aws_sns_topic_subscription.this) : "${each.protocol} ${each.endpoint} ${each.topic_arn}" => coalesce(each.filter_policy, "all")
      }) == {
      "email sales@example.com arn:aws:sns:eu-central-1:123456789012:orders-completed" = "all"
      "email sales@example.com arn:aws:sns:eu-central-1:123456789012:orders-failed"    = jsonencode({ type = ["order.rejected"] })
      "sms +4915112345678 arn:aws:sns:eu-central-1:123456789012:orders-failed"         = jsonencode({ type = ["order.failed", "order.rejected"] })
      "email on-call@example.com arn:aws:sns:eu-central-1:123456789012:alarms"         = "all"
    }
    error_message = "Each address must hear its own topic, filtered by its types."
  }
  assert {
    condition     = output.subscription_count == { order_completed = 1, order_failed = 2, alarms = 1 }
    error_message = "The count must say how many are subscribed."
  }
  assert {
    condition     = alltrue([for key, one in aws_sns_topic_subscription.this : !strcontains(key, "example") && !strcontains(key, "4915") && issensitive(one.endpoint)])
    error_message = "No plan may show an address."
  }
}

run "a_list_in_another_order_is_the_same_subscriptions" {
  command = plan

  variables {
    subscriptions = { order_failed = [{ email = "b@example.com" }, { email = "a@example.com" }] }
  }

  assert {
    condition = toset(keys(aws_sns_topic_subscription.this)) == toset([
      "order_failed-email-${substr(sha256("a@example.com"), 0, 12)}", "order_failed-email-${substr(sha256("b@example.com"), 0, 12)}",
    ])
    error_message = "A subscription that moves in the list would have to be confirmed again."
  }
}

run "a_topic_that_is_not_there_is_refused" {
  command = plan

  variables {
    subscriptions = { order_gifted = [{ email = "a@example.com" }] }
  }

  expect_failures = [var.subscriptions]
}

run "an_address_that_is_none_is_refused" {
  command = plan

  variables {
    subscriptions = { alarms = [{ email = "on-call at example.com" }] }
  }

  expect_failures = [var.subscriptions]
}

run "a_number_without_its_country_is_refused" {
  command = plan

  variables {
    subscriptions = { alarms = [{ phone_number = "015112345678" }] }
  }

  expect_failures = [var.subscriptions]
}

run "a_subscription_with_two_addresses_is_refused" {
  command = plan

  variables {
    subscriptions = { alarms = [{ email = "a@example.com", phone_number = "+4915112345678" }] }
  }

  expect_failures = [var.subscriptions]
}

run "a_subscription_without_address_is_refused" {
  command = plan

  variables {
    subscriptions = { order_failed = [{ types = ["order.failed"] }] }
  }

  expect_failures = [var.subscriptions]
}

run "a_type_that_the_topic_never_carries_is_refused" {
  command = plan

  variables {
    subscriptions = { order_completed = [{ email = "a@example.com", types = ["order.failed"] }] }
  }

  expect_failures = [var.subscriptions]
}

run "an_address_that_subscribes_twice_is_refused" {
  command = plan

  variables {
    subscriptions = { order_failed = [{ email = "a@example.com", types = ["order.failed"] }, { email = "A@example.com", types = ["order.rejected"] }] }
  }

  expect_failures = [var.subscriptions]
}

run "a_topic_that_is_no_topic_is_refused" {
  command = plan

  variables {
    topics = { alarms = { arn = "arn:aws:sqs:eu-central-1:123456789012:alarms", types = [] } }
  }

  expect_failures = [var.topics]
}
