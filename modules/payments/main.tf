module "payments_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-payments"
  partition_key       = { name = "paymentId", type = "S" }
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection

  indexes = {
    by-order = {
      partition_key = { name = "orderId", type = "S" }
      sort_key      = { name = "paymentId", type = "S" }
    }
  }
}

module "process_payment" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "payments"
  operation       = "process_payment"
  description     = "Step of order_processing: charges an order once."
  timeout_seconds = 30

  environment = {
    PAYMENTS_TABLE   = module.payments_table.name
    ORDERS_TABLE     = var.orders_table.name
    PAYMENT_PROVIDER = var.payment_provider
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
          values   = ["orderId", "userId", "total", "currency", "paymentToken"]
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
      sid       = "RecordThePayment"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.payments_table.arn]
    },
  ]
}

module "refund_payment" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "payments"
  operation       = "refund_payment"
  description     = "Compensation of order_processing: gives back what was captured, voids what is unknown, once."
  timeout_seconds = 30

  environment = {
    PAYMENTS_TABLE   = module.payments_table.name
    PAYMENT_PROVIDER = var.payment_provider
  }

  statements = [
    {
      sid       = "ReadAndCloseThePayment"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.payments_table.arn]
    },
  ]
}
