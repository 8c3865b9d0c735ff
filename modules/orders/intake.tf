locals {
  start_order_workflow_timeout_seconds = 30
}

module "order_queue" {
  source = "../queue"

  platform                 = var.platform
  name                     = "orders"
  consumer_timeout_seconds = local.start_order_workflow_timeout_seconds
}

module "start_order_workflow" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "orders"
  operation       = "start_order_workflow"
  description     = "Consumes the order queue: one execution of order_processing per order, named by it."
  timeout_seconds = local.start_order_workflow_timeout_seconds
  environment     = { ORDER_STATE_MACHINE_ARN = module.order_processing.live_arn }

  statements = [
    {
      sid       = "ConsumeTheOrderQueue"
      actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
      resources = [module.order_queue.arn]
    },
    {
      sid       = "StartTheLiveWorkflow"
      actions   = ["states:StartExecution"]
      resources = [module.order_processing.live_arn]
    },
  ]
}

resource "aws_lambda_event_source_mapping" "order_queue" {
  event_source_arn        = module.order_queue.arn
  function_name           = module.start_order_workflow.arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]
}
