# What payments may know of an order; nothing else of it reaches this context.
locals {
  payment_terms = ["orderId", "userId", "status", "total", "currency", "paymentToken"]
}

module "authorize_payment" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "payments"
  operation       = "authorize_payment"
  description     = "Step of payment: holds what an order owes, once."
  timeout_seconds = 30

  environment = merge(local.provider_environment, {
    PAYMENTS_TABLE         = module.payments_table.name
    PAYMENT_REQUESTS_TABLE = module.payment_requests_table.name
    ORDERS_TABLE           = var.orders_table.name
  })

  statements = concat(local.provider_statements, [
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
      sid       = "ReadTheRequestThatPays"
      actions   = ["dynamodb:GetItem"]
      resources = [module.payment_requests_table.arn]
    },
    {
      sid       = "RecordThePayment"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.payments_table.arn]
    },
  ])
}

module "capture_payment" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "payments"
  operation       = "capture_payment"
  description     = "Step of payment: takes what is held."
  timeout_seconds = 30

  environment = merge(local.provider_environment, {
    PAYMENTS_TABLE = module.payments_table.name
  })

  statements = concat(local.provider_statements, [
    {
      sid       = "ReadThePaymentAndRecordADecline"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.payments_table.arn]
    },
  ])
}

module "void_payment" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "payments"
  operation       = "void_payment"
  description     = "Compensation of payment: gives up an attempt and lets go of whatever is held."
  timeout_seconds = 30

  environment = merge(local.provider_environment, {
    PAYMENTS_TABLE = module.payments_table.name
  })

  statements = concat(local.provider_statements, [
    {
      sid       = "ReadAndGiveUpThePayment"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.payments_table.arn]
    },
  ])
}

module "find_payment_outcome" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "payments"
  operation   = "find_payment_outcome"
  description = "Step of order_processing: what became of the order's payment."
  environment = { PAYMENTS_TABLE = module.payments_table.name }

  statements = [
    {
      sid       = "ReadThePayment"
      actions   = ["dynamodb:GetItem"]
      resources = [module.payments_table.arn]
    },
  ]
}

module "refund_payment" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "payments"
  operation       = "refund_payment"
  description     = "Compensation of orders: gives back what was captured, voids what is unknown, closes the payment, once."
  timeout_seconds = 30

  environment = merge(local.provider_environment, {
    PAYMENTS_TABLE = module.payments_table.name
  })

  statements = concat(local.provider_statements, [
    {
      sid       = "ReadAndCloseThePayment"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.payments_table.arn]
    },
  ])
}
