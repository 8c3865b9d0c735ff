# Scheduler invokes asynchronously: what fails for good would be gone without a dead letter.
module "scheduled_dead_letters" {
  source = "../dead_letter_queue"

  platform = var.platform
  name     = "scheduled-feedback"
}

module "settle_feedback" {
  source = "../lambda_function"

  platform              = var.platform
  context               = "feedback"
  operation             = "settle_feedback"
  description           = "Every minute: feedback given on the way of an order counts as its order turns out."
  timeout_seconds       = 50 # before the next run
  dead_letter_queue_arn = module.scheduled_dead_letters.arn
  environment           = merge(local.writing_environment, { ORDERS_TABLE = var.orders_table.name })

  statements = [
    {
      sid       = "FindFeedbackWhoseOrderMayStillChange"
      actions   = ["dynamodb:Query"]
      resources = [module.feedback_table.index_arns["by-due"]]
    },
    local.read_the_order,
    {
      sid       = "ReadTheFeedbackPutItsNextLookOffAndWriteIt"
      actions   = ["dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
      resources = [module.feedback_table.arn]
    },
    local.change_ratings,
  ]
}

module "settle_feedback_schedule" {
  source = "../schedule"

  platform              = var.platform
  name                  = "settle-feedback"
  description           = "Feedback given on the way of an order counts as its order turns out."
  expression            = "rate(1 minute)"
  function_arn          = module.settle_feedback.arn
  dead_letter_queue_arn = module.scheduled_dead_letters.arn
}
