locals {
  writing_environment = {
    FEEDBACK_TABLE = module.feedback_table.name
    PRODUCTS_TABLE = var.products_table.name
  }

  # In one transaction with the feedback, and nothing else of a product.
  change_ratings = {
    sid       = "AddToTheRatingsOfProducts"
    actions   = ["dynamodb:UpdateItem"]
    resources = [var.products_table.arn]
    conditions = [
      {
        test     = "ForAllValues:StringEquals"
        variable = "dynamodb:Attributes"
        values   = ["productId", "ratingChanges", "ratingCount", "ratingTotal"]
      },
    ]
  }

  read_the_order = {
    sid       = "ReadTheOrder"
    actions   = ["dynamodb:GetItem"]
    resources = [var.orders_table.arn]
  }
}

module "give_feedback" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "feedback"
  operation   = "give_feedback"
  description = "POST /feedback: a customer judges an order of theirs, once."
  environment = merge(local.writing_environment, { ORDERS_TABLE = var.orders_table.name })

  statements = [
    local.read_the_order,
    {
      sid       = "KeepTheFeedback"
      actions   = ["dynamodb:PutItem"]
      resources = [module.feedback_table.arn]
    },
    local.change_ratings,
  ]
}

module "update_feedback" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "feedback"
  operation   = "update_feedback"
  description = "PUT /feedback/{feedbackId}: who gave it changes it, for a day."
  environment = local.writing_environment

  statements = [
    {
      sid       = "ReadAndChangeTheFeedback"
      actions   = ["dynamodb:PutItem", "dynamodb:Query"]
      resources = [module.feedback_table.arn]
    },
    local.change_ratings,
  ]
}

module "delete_feedback" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "feedback"
  operation   = "delete_feedback"
  description = "DELETE /feedback/{feedbackId}: removed for good, by who gave it or an administrator."
  environment = local.writing_environment

  statements = [
    {
      # Its rows stay, empty: an order is judged once.
      sid       = "ReadAndEmptyTheFeedback"
      actions   = ["dynamodb:PutItem", "dynamodb:Query"]
      resources = [module.feedback_table.arn]
    },
    local.change_ratings,
  ]
}

module "list_feedback" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "feedback"
  operation   = "list_feedback"
  description = "GET /feedback: a page of what counts at a product, or the feedback on an order."

  environment = {
    FEEDBACK_TABLE    = module.feedback_table.name
    ORDERS_TABLE      = var.orders_table.name
    CURSOR_SECRET_ARN = var.cursor_secret_arn
  }

  statements = [
    local.read_the_order,
    {
      sid       = "ListFeedbackOfAnOrderOrAProduct"
      actions   = ["dynamodb:Query"]
      resources = [module.feedback_table.arn, module.feedback_table.index_arns["by-product"]]
    },
    {
      sid       = "SignAndVerifyCursors"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [var.cursor_secret_arn]
    },
  ]
}
