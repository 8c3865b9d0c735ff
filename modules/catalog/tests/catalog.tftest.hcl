mock_provider "aws" {
  source          = "../../tests/terraform/mocks"
  override_during = plan
}

variables {
  audit_trail_table = {
    name = "orderflow-test-audit-trail"
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"
  }

  platform = {
    name_prefix          = "orderflow-test"
    partition            = "aws"
    region               = "eu-central-1"
    account_id           = "123456789012"
    kms_key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/test"
    dist_dir             = "../../tests/terraform/packages"
    packages_bucket      = "orderflow-test-packages"
    runtime              = "python3.13"
    architecture         = "arm64"
    log_level            = "INFO"
    log_retention_days   = 30
    service_version      = "1.2.3"
    metrics_namespace    = "Orderflow"
    reserved_concurrency = { reserve_stock = 5 }
    cors_allow_origins   = ["https://shop.example.com", "https://admin.example.com"]
    tracing_enabled      = false
    alarms_enabled       = false
    alarm_topic_arn      = "arn:aws:sns:eu-central-1:123456789012:orderflow-test-alarms"
    deletion_protection  = true
  }

  currency          = "EUR"
  cursor_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor"
  client_keys_table = { name = "orderflow-test-client-keys", arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys" }
}

override_resource {
  target          = module.products_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/products"
    name = "orderflow-test-products"
  }
}

override_resource {
  target          = module.product_words_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/product-words"
    name = "orderflow-test-product-words"
  }
}

override_resource {
  target          = module.stock_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/stock"
    name = "orderflow-test-stock"
  }
}

override_resource {
  target          = module.reservations_table.aws_dynamodb_table.this
  override_during = plan
  values = {
    arn  = "arn:aws:dynamodb:eu-central-1:123456789012:table/reservations"
    name = "orderflow-test-reservations"
  }
}

override_resource {
  target          = module.images_bucket.aws_s3_bucket.this
  override_during = plan
  values = {
    id  = "orderflow-test-product-images-123456789012"
    arn = "arn:aws:s3:::orderflow-test-product-images-123456789012"
  }
}

override_resource {
  target          = module.attach_product_image.aws_lambda_function.this
  override_during = plan
  values = {
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:attach"
  }
}

override_resource {
  target          = module.image_dead_letters.aws_sqs_queue.this
  override_during = plan
  values = {
    arn = "arn:aws:sqs:eu-central-1:123456789012:orderflow-test-product-images-dlq"
  }
}

run "an_upload_below_products_calls_the_function_and_nothing_else_may" {
  command = plan

  assert {
    condition     = one(aws_s3_bucket_notification.images.lambda_function).filter_prefix == "products/" && one(aws_s3_bucket_notification.images.lambda_function).events == toset(["s3:ObjectCreated:*"])
    error_message = "Only new objects below products/ may call the function."
  }
  assert {
    condition     = one(aws_s3_bucket_notification.images.lambda_function).lambda_function_arn == module.attach_product_image.arn
    error_message = "New pictures must reach attach_product_image."
  }
  assert {
    condition = (
      aws_lambda_permission.images_call_attach_product_image.principal == "s3.amazonaws.com" &&
      aws_lambda_permission.images_call_attach_product_image.source_arn == module.images_bucket.arn &&
      aws_lambda_permission.images_call_attach_product_image.source_account == "123456789012"
    )
    error_message = "Only our bucket of our account may invoke the function."
  }
}

run "pages_of_the_named_origins_may_upload" {
  command = plan

  assert {
    condition     = one(aws_s3_bucket_cors_configuration.images.cors_rule).allowed_origins == toset(var.platform.cors_allow_origins) && one(aws_s3_bucket_cors_configuration.images.cors_rule).allowed_methods == toset(["GET", "POST"])
    error_message = "Browsers may read and upload from our origins only, and nothing else."
  }
}

run "what_is_not_for_sale_is_in_no_index" {
  command = plan

  assert {
    condition     = keys(module.products_table.index_arns) == ["all-by-name", "all-by-price", "category-by-name", "category-by-price"]
    error_message = "Every way of listing products needs its index."
  }
  assert {
    condition     = keys(module.product_words_table.index_arns) == keys(module.products_table.index_arns)
    error_message = "What words find must be listed in the same ways."
  }
}

run "the_api_finds_every_function_by_its_operation" {
  command = plan

  assert {
    condition = { for operation, function in output.functions : operation => function.function_name } == {
      for operation in ["adjust_stock", "attach_product_image", "create_product", "create_upload_url", "delete_product", "get_product", "get_stock", "list_products", "release_stock", "reserve_stock", "update_product"] :
      operation => "orderflow-test-${replace(operation, "_", "-")}"
    }
    error_message = "Each operation must name its own function."
  }
}

run "a_currency_that_is_no_code_is_refused" {
  command = plan

  variables {
    currency = "Euro"
  }

  expect_failures = [var.currency]
}

run "a_cursor_secret_that_is_no_secret_is_refused" {
  command = plan

  variables {
    cursor_secret_arn = "s3cret"
  }

  expect_failures = [var.cursor_secret_arn]
}

run "a_table_of_client_keys_that_is_none_is_refused" {
  command = plan

  variables {
    client_keys_table = { name = "x", arn = "x" }
  }

  expect_failures = [var.client_keys_table]
}
