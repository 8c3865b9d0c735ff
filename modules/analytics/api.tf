module "get_analytics" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "analytics"
  operation   = "get_analytics"
  description = "GET /analytics: figures by day, of the shop for administrators, of themselves for everybody."

  environment = {
    ANALYTICS_TABLE = module.analytics_table.name
    CURRENCY        = var.currency
  }

  statements = [
    {
      sid       = "ReadTheFiguresOfSomeDays"
      actions   = ["dynamodb:Query"]
      resources = [module.analytics_table.arn]
    },
    {
      sid       = "ReadWhatSoldMostOnADay"
      actions   = ["dynamodb:Query"]
      resources = [module.analytics_table.index_arns["by-units"]]
    },
  ]
}
