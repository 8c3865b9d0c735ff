data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

locals {
  name_prefix = "${var.project}-${var.environment}"

  # The API is made of the functions, so one of them that tells where it is learns the rest from each request.
  api_url = coalesce(
    var.api_url,
    var.local_endpoint == ""
    ? "https://{apiId}.execute-api.${var.region}.${data.aws_partition.this.dns_suffix}/{stage}"
    : "${trimsuffix(var.local_endpoint, "/")}/restapis/{apiId}/{stage}/_user_request_",
  )

  platform = {
    name_prefix          = local.name_prefix
    partition            = data.aws_partition.this.partition
    region               = var.region
    account_id           = data.aws_caller_identity.this.account_id
    kms_key_arn          = module.encryption.key_arn
    dist_dir             = var.dist_dir
    packages_bucket      = module.packages_bucket.name
    runtime              = var.runtime
    architecture         = var.architecture
    log_level            = var.log_level
    log_retention_days   = var.log_retention_days
    service_version      = var.service_version
    metrics_namespace    = "Orderflow"
    reserved_concurrency = var.reserved_concurrency
    cors_allow_origins   = var.cors_allow_origins
    tracing_enabled      = var.tracing_enabled
    alarms_enabled       = var.alarms_enabled
    alarm_topic_arn      = module.alarm_topic.arn
    deletion_protection  = var.deletion_protection
  }
}

module "encryption" {
  source = "../modules/encryption"

  name_prefix = local.name_prefix
  partition   = data.aws_partition.this.partition
  region      = var.region
  account_id  = data.aws_caller_identity.this.account_id
}

module "alarm_topic" {
  source = "../modules/topic"

  name                = "${local.name_prefix}-alarms"
  account_id          = data.aws_caller_identity.this.account_id
  kms_key_arn         = module.encryption.key_arn
  publishing_services = ["cloudwatch.amazonaws.com"]
}

# Where the functions' zips lie.
module "packages_bucket" {
  source = "../modules/private_bucket"

  name                = "${local.name_prefix}-packages-${data.aws_caller_identity.this.account_id}"
  kms_key_arn         = module.encryption.key_arn
  deletion_protection = var.deletion_protection
}

module "identity" {
  source = "../modules/identity"

  name_prefix         = local.name_prefix
  mfa                 = var.mfa
  deletion_protection = var.deletion_protection

  # No circle: the function knows nothing of the pool, only the permission to call it does.
  post_confirmation_function_arn = module.customers.open_profile_function_arn
}

module "customers" {
  source = "../modules/customers"

  platform                    = local.platform
  auto_confirm_customers      = var.auto_confirm_customers
  cursor_secret_arn           = local.cursor_secret_arn
  deleted_user_retention_days = var.deleted_user_retention_days

  user_pool = {
    id        = module.identity.user_pool_id
    arn       = module.identity.user_pool_arn
    client_id = module.identity.user_pool_client_id
  }
}

module "clients" {
  source = "../modules/clients"

  platform          = local.platform
  cursor_secret_arn = local.cursor_secret_arn
  audit_trail_table = module.customers.audit_trail_table
  checkout_mode     = var.checkout_mode
}

module "catalog" {
  source = "../modules/catalog"

  platform          = local.platform
  audit_trail_table = module.customers.audit_trail_table
  currency          = var.currency
  cursor_secret_arn = local.cursor_secret_arn
  client_keys_table = module.clients.client_keys_table
}

module "payments" {
  source = "../modules/payments"

  platform                      = local.platform
  orders_table                  = module.orders.orders_table
  payment_provider              = var.payment_provider
  stripe_secret_arn             = var.stripe_secret_arn
  stripe_api_base               = var.stripe_api_base
  state_machine_tracing_enabled = var.state_machine_tracing_enabled
}

module "orders" {
  source = "../modules/orders"

  platform                      = local.platform
  audit_trail_table             = module.customers.audit_trail_table
  currency                      = var.currency
  cursor_secret_arn             = local.cursor_secret_arn
  default_payment_token         = var.default_payment_token
  order_generator               = var.order_generator
  price_tables                  = var.checkout_price_tables
  products_table                = module.catalog.products_table
  review_threshold              = var.review_threshold
  review_deadline_seconds       = var.review_deadline_seconds
  payment_state_machine_arn     = module.payments.payment_state_machine_arn
  reservations_table            = module.catalog.reservations_table
  stock_table                   = module.catalog.stock_table
  refunds                       = module.payments.refunds
  state_machine_tracing_enabled = var.state_machine_tracing_enabled

  step_function_arns = {
    reserve_stock        = module.catalog.functions["reserve_stock"].arn
    release_stock        = module.catalog.functions["release_stock"].arn
    find_payment_outcome = module.payments.functions["find_payment_outcome"].arn
    refund_payment       = module.payments.functions["refund_payment"].arn
  }
}

module "analytics" {
  source = "../modules/analytics"

  platform = local.platform
  currency = var.currency

  feedback_table = {
    arn        = module.feedback.feedback_table.arn
    stream_arn = module.feedback.feedback_stream_arn
  }

  orders_table = {
    arn        = module.orders.orders_table.arn
    stream_arn = module.orders.orders_stream_arn
  }
}

module "feedback" {
  source = "../modules/feedback"

  platform          = local.platform
  cursor_secret_arn = local.cursor_secret_arn
  orders_table      = module.orders.orders_table
  products_table    = module.catalog.products_table
}

module "checkout" {
  source = "../modules/checkout"

  platform                 = local.platform
  cursor_secret_arn        = local.cursor_secret_arn
  audit_trail_table        = module.customers.audit_trail_table
  webhook_loopback_allowed = var.webhook_loopback_allowed
  api_url                  = local.api_url
  client_keys_table        = module.clients.client_keys_table
  currency                 = var.currency
  idempotency_table        = module.orders.idempotency_table
  mode                     = var.checkout_mode
  order_queue              = { arn = module.orders.order_queue.arn, url = module.orders.order_queue.url }
  order_topic_arns         = { completed = module.orders.order_completed_topic_arn, failed = module.orders.order_failed_topic_arn }
  orders_table             = module.orders.orders_table
  payment_provider         = var.payment_provider
  payment_vault            = var.payment_vault
  price_tables             = var.checkout_price_tables
  products_table           = module.catalog.products_table
  session_seconds          = var.checkout_session_seconds
  shop_url                 = var.shop_url
  stock_table              = module.catalog.stock_table
}

module "operations" {
  source = "../modules/operations"

  name_prefix         = local.name_prefix
  kms_key_arn         = module.encryption.key_arn
  deletion_protection = var.deletion_protection
}

# Here and not in a context: it asks whether the parts answer together.
module "check_health" {
  source = "../modules/lambda_function"

  platform    = local.platform
  context     = "api"
  operation   = "check_health"
  description = "GET /health: whether the parts an order needs first do answer."

  environment = {
    ORDERS_TABLE              = module.orders.orders_table.name
    IDEMPOTENCY_TABLE         = module.orders.idempotency_table.name
    PRODUCTS_TABLE            = module.catalog.products_table.name
    STOCK_TABLE               = module.catalog.stock_table.name
    PAYMENTS_TABLE            = module.payments.payments_table.name
    PAYMENT_REQUESTS_TABLE    = module.payments.payment_requests_table.name
    CUSTOMERS_TABLE           = module.customers.customers_table.name
    ORDER_QUEUE_URL           = module.orders.order_queue.url
    ORDER_STATE_MACHINE_ARN   = module.orders.order_state_machine_arn
    PAYMENT_STATE_MACHINE_ARN = module.payments.payment_state_machine_arn
    USER_POOL_ID              = module.identity.user_pool_id
  }

  statements = [
    {
      sid     = "AskTheTables"
      actions = ["dynamodb:GetItem"]
      resources = [
        module.orders.orders_table.arn, module.orders.idempotency_table.arn, module.catalog.products_table.arn,
        module.catalog.stock_table.arn, module.payments.payments_table.arn, module.payments.payment_requests_table.arn,
        module.customers.customers_table.arn,
      ]
      # For the one item that is not there: it may read nobody's data.
      conditions = [{ test = "ForAllValues:StringEquals", variable = "dynamodb:LeadingKeys", values = ["health-check"] }]
    },
    {
      sid       = "AskTheWorkflows"
      actions   = ["states:DescribeStateMachine"]
      resources = [module.orders.order_state_machine_arn, module.payments.payment_state_machine_arn]
    },
    {
      sid       = "AskTheUserPool"
      actions   = ["cognito-idp:DescribeUserPool"]
      resources = [module.identity.user_pool_arn]
    },
    {
      sid       = "AskTheOrderQueue"
      actions   = ["sqs:GetQueueAttributes"]
      resources = [module.orders.order_queue.arn]
    },
  ]
}

locals {
  functions = merge(
    module.analytics.functions,
    module.catalog.functions,
    module.checkout.functions,
    module.clients.functions,
    module.customers.functions,
    module.feedback.functions,
    module.orders.functions,
    module.payments.functions,
    {
      check_health = {
        function_name = module.check_health.function_name
        arn           = module.check_health.arn
        invoke_arn    = module.check_health.invoke_arn
      }
    },
  )
}

module "api" {
  source = "../modules/api"

  name_prefix             = local.name_prefix
  stage_name              = var.environment
  openapi_file            = "${path.module}/../modules/api/openapi.yaml"
  functions               = local.functions
  user_pool_arn           = module.identity.user_pool_arn
  authorizer_ttl_seconds  = var.client_authorizer_ttl_seconds
  cors_allow_origins      = var.cors_allow_origins
  validate_bodies_at_edge = var.validate_bodies_at_edge
  log_retention_days      = var.log_retention_days
  kms_key_arn             = module.encryption.key_arn
  throttling_rate_limit   = var.throttling_rate_limit
  throttling_burst_limit  = var.throttling_burst_limit
  method_throttling       = var.method_throttling
  tracing_enabled         = var.tracing_enabled
  alarms_enabled          = var.alarms_enabled
  alarm_topic_arn         = module.alarm_topic.arn
  local_endpoint          = var.local_endpoint
}

# Which events each topic carries, out of the documents that its subscribers read.
locals {
  event_schemas = "${path.module}/../workflows/events/order-event/1"
  event_topics = {
    for file in fileset(local.event_schemas, "order.*.schema.json") :
    trimsuffix(file, ".schema.json") => jsondecode(file("${local.event_schemas}/${file}"))["x-topic"]
  }
}

module "notifications" {
  source = "../modules/notifications"

  topics = {
    order_completed = {
      arn   = module.orders.order_completed_topic_arn
      types = [for type, topic in local.event_topics : type if topic == "order-completed"]
    }
    order_failed = {
      arn   = module.orders.order_failed_topic_arn
      types = [for type, topic in local.event_topics : type if topic == "order-failed"]
    }
    order_review = {
      arn   = module.orders.order_review_topic_arn
      types = [for type, topic in local.event_topics : type if topic == "order-review"]
    }
    alarms = { arn = module.alarm_topic.arn, types = [] }
  }

  subscriptions = var.notification_subscriptions
}
