locals {
  # Longer than pay_order waits for the outcome, shorter than API Gateway waits for pay_order (29 s).
  pay_order_timeout_seconds = 28
}

module "pay_order" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "payments"
  operation       = "pay_order"
  description     = "POST /pay: an order's open amount through the payment workflow, answered in the same request."
  timeout_seconds = local.pay_order_timeout_seconds

  environment = {
    PAYMENTS_TABLE            = module.payments_table.name
    PAYMENT_REQUESTS_TABLE    = module.payment_requests_table.name
    ORDERS_TABLE              = var.orders_table.name
    PAYMENT_STATE_MACHINE_ARN = module.payment.live_arn
  }

  statements = [
    {
      sid       = "ReadTheOrdersPaymentTermsOnly"
      actions   = ["dynamodb:GetItem"]
      resources = [var.orders_table.arn]
      conditions = [
        {
          test     = "ForAllValues:StringEquals"
          variable = "dynamodb:Attributes"
          values   = local.payment_terms
        },
        # A read that names no attributes asks for all of them, and ForAllValues is true of nothing.
        {
          test     = "Null"
          variable = "dynamodb:Attributes"
          values   = ["false"]
        },
      ]
    },
    {
      sid       = "KeepTheRequestOnce"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = [module.payment_requests_table.arn]
    },
    {
      sid       = "StartTheLiveWorkflow"
      actions   = ["states:StartExecution"]
      resources = [module.payment.live_arn]
    },
    {
      sid       = "ReadWhatBecameOfThePayment"
      actions   = ["dynamodb:GetItem"]
      resources = [module.payments_table.arn]
    },
  ]
}

module "get_payment" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "payments"
  operation   = "get_payment"
  description = "GET /payments/{paymentId}: one payment with its history."
  environment = { PAYMENTS_TABLE = module.payments_table.name }

  statements = [
    {
      sid       = "ReadThePayment"
      actions   = ["dynamodb:GetItem"]
      resources = [module.payments_table.arn]
    },
  ]
}
