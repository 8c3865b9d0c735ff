# Scheduler invokes asynchronously: what fails for good would be gone without a dead letter.
module "scheduled_dead_letters" {
  source = "../dead_letter_queue"

  platform = var.platform
  name     = "scheduled-checkout"
}

module "expire_checkout_sessions" {
  source = "../lambda_function"

  platform              = var.platform
  context               = "checkout"
  operation             = "expire_checkout_sessions"
  description           = "Every five minutes: sessions that nobody completed in time get their last event, those that missed their order's end hear of it."
  timeout_seconds       = 120 # before the next run
  dead_letter_queue_arn = module.scheduled_dead_letters.arn
  environment           = local.following_environment

  statements = [
    {
      sid       = "FindSessionsThatAreOver"
      actions   = ["dynamodb:Query"]
      resources = [module.sessions_table.index_arns["by-expiry"]]
    },
    local.add_to_the_session,
    local.look_at_the_order,
    local.give_uses_of_codes_back,
  ]
}

module "expire_checkout_sessions_schedule" {
  source = "../schedule"

  platform              = var.platform
  name                  = "expire-sessions"
  description           = "Sessions that nobody completed in time get their last event."
  expression            = "rate(5 minutes)"
  function_arn          = module.expire_checkout_sessions.arn
  dead_letter_queue_arn = module.scheduled_dead_letters.arn
}
