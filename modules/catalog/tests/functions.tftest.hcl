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

run "listing_products_queries_indexes_only" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.list_products.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog           = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ListProductsByIndex      = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products/index/all-by-name", "arn:aws:dynamodb:eu-central-1:123456789012:table/products/index/all-by-price", "arn:aws:dynamodb:eu-central-1:123456789012:table/products/index/category-by-name", "arn:aws:dynamodb:eu-central-1:123456789012:table/products/index/category-by-price"]]
      FindProductsByTheirWords = [["dynamodb:Query"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/product-words/index/all-by-name", "arn:aws:dynamodb:eu-central-1:123456789012:table/product-words/index/all-by-price", "arn:aws:dynamodb:eu-central-1:123456789012:table/product-words/index/category-by-name", "arn:aws:dynamodb:eu-central-1:123456789012:table/product-words/index/category-by-price"]]
      ReadWhatWasFound         = [["dynamodb:BatchGetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
      ReadStockOfThePage       = [["dynamodb:BatchGetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/stock"]]
      SignAndVerifyCursors     = [["secretsmanager:GetSecretValue"], ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor"]]
      SignAddressesOfPictures  = [["s3:GetObject"], ["arn:aws:s3:::orderflow-test-product-images-123456789012/products/*"]]
    }
    error_message = "list_products must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.list_products.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "PRODUCTS_TABLE" = "orderflow-test-products", "PRODUCT_WORDS_TABLE" = "orderflow-test-product-words", "STOCK_TABLE" = "orderflow-test-stock", "PRODUCT_IMAGES_BUCKET" = "orderflow-test-product-images-123456789012", "CURSOR_SECRET_ARN" = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-test-cursor" }
    error_message = "list_products must get exactly the settings its code reads."
  }
}

run "a_product_is_read_with_its_stock_and_pictures" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.get_product.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog          = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadTheProduct          = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
      ReadItsStock            = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/stock"]]
      SignAddressesOfPictures = [["s3:GetObject"], ["arn:aws:s3:::orderflow-test-product-images-123456789012/products/*"]]
    }
    error_message = "get_product must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.get_product.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "PRODUCTS_TABLE" = "orderflow-test-products", "STOCK_TABLE" = "orderflow-test-stock", "PRODUCT_IMAGES_BUCKET" = "orderflow-test-product-images-123456789012" }
    error_message = "get_product must get exactly the settings its code reads."
  }
}

run "a_product_is_created_with_its_stock" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.create_product.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog          = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      AddTheProduct           = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
      AddTheWordsItIsFoundBy  = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/product-words"]]
      AddItsStock             = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/stock"]]
      SignAddressesOfPictures = [["s3:GetObject"], ["arn:aws:s3:::orderflow-test-product-images-123456789012/products/*"]]
      TellTheAuditTrail       = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "create_product must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.create_product.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "PRODUCTS_TABLE" = "orderflow-test-products", "STOCK_TABLE" = "orderflow-test-stock", "PRODUCT_IMAGES_BUCKET" = "orderflow-test-product-images-123456789012", "PRODUCT_WORDS_TABLE" = "orderflow-test-product-words", "CURRENCY" = "EUR" }
    error_message = "create_product must get exactly the settings its code reads."
  }
}

run "updating_a_product_cannot_touch_stock" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.update_product.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog          = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadAndChangeTheProduct = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
      KeepTheWordsItIsFoundBy = [["dynamodb:DeleteItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/product-words"]]
      ReadItsStock            = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/stock"]]
      SignAddressesOfPictures = [["s3:GetObject"], ["arn:aws:s3:::orderflow-test-product-images-123456789012/products/*"]]
      TellTheAuditTrail       = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "update_product must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.update_product.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "PRODUCTS_TABLE" = "orderflow-test-products", "PRODUCT_WORDS_TABLE" = "orderflow-test-product-words", "STOCK_TABLE" = "orderflow-test-stock", "PRODUCT_IMAGES_BUCKET" = "orderflow-test-product-images-123456789012" }
    error_message = "update_product must get exactly the settings its code reads."
  }
}

run "a_withdrawn_product_is_updated_never_deleted" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.delete_product.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog              = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      ReadAndWithdrawTheProduct   = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
      TakeAwayTheWordsItIsFoundBy = [["dynamodb:DeleteItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/product-words"]]
      TellTheAuditTrail           = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "delete_product must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.delete_product.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "PRODUCTS_TABLE" = "orderflow-test-products", "PRODUCT_WORDS_TABLE" = "orderflow-test-product-words" }
    error_message = "delete_product must get exactly the settings its code reads."
  }
}

run "adjusting_stock_cannot_change_a_product" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.adjust_stock.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog        = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      RefuseWhatIsNotOnSale = [["dynamodb:ConditionCheckItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
      ReadAndChangeItsStock = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/stock"]]
      TellTheAuditTrail     = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "adjust_stock must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.adjust_stock.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "PRODUCTS_TABLE" = "orderflow-test-products", "STOCK_TABLE" = "orderflow-test-stock" }
    error_message = "adjust_stock must get exactly the settings its code reads."
  }
}

run "a_machine_that_reads_stock_is_counted_and_changes_nothing_of_its_key" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.get_stock.policy).Statement : s.Sid => [s.Action, s.Resource, try(s.Condition, null)] } == {
      WriteItsOwnLog         = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"], null]
      ReadTheStock           = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/stock"], null]
      CountTheRequestsOfKeys = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/client-keys"], { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["use#*"] } }]
    }
    error_message = "get_stock must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.get_stock.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "STOCK_TABLE" = "orderflow-test-stock", "CLIENT_KEYS_TABLE" = "orderflow-test-client-keys" }
    error_message = "get_stock must get exactly the settings its code reads."
  }
}

run "an_upload_may_only_write_pictures" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.create_upload_url.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog        = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      SignUploadsOfPictures = [["s3:PutObject"], ["arn:aws:s3:::orderflow-test-product-images-123456789012/products/*", "arn:aws:s3:::orderflow-test-product-images-123456789012/uploads/*"]]
      ReadTheProduct        = [["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
    }
    error_message = "create_upload_url must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.create_upload_url.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "PRODUCTS_TABLE" = "orderflow-test-products", "PRODUCT_IMAGES_BUCKET" = "orderflow-test-product-images-123456789012" }
    error_message = "create_upload_url must get exactly the settings its code reads."
  }
}

run "a_picture_is_attached_or_kept_as_a_dead_letter" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.attach_product_image.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                 = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      KeepFailedEvents               = [["sqs:SendMessage"], ["arn:aws:sqs:eu-central-1:123456789012:orderflow-test-product-images-dlq"]]
      ReadTheProductAndAddThePicture = [["dynamodb:GetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
      TellTheAuditTrail              = [["dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/audit-trail"]]
    }
    error_message = "attach_product_image must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.attach_product_image.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "AUDIT_TRAIL_TABLE" = "orderflow-test-audit-trail", "PRODUCTS_TABLE" = "orderflow-test-products" }
    error_message = "attach_product_image must get exactly the settings its code reads."
  }
}

run "reserving_moves_stock_and_remembers_it" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.reserve_stock.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                                   = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      RefuseWhatIsNotOnSale                            = [["dynamodb:BatchGetItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/products"]]
      MoveStockFromAvailableToReservedOrSayWhatIsShort = [["dynamodb:BatchGetItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/stock"]]
      RememberTheReservation                           = [["dynamodb:GetItem", "dynamodb:PutItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/reservations"]]
    }
    error_message = "reserve_stock must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.reserve_stock.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "PRODUCTS_TABLE" = "orderflow-test-products", "STOCK_TABLE" = "orderflow-test-stock", "RESERVATIONS_TABLE" = "orderflow-test-reservations" }
    error_message = "reserve_stock must get exactly the settings its code reads."
  }
}

run "releasing_moves_stock_back_and_closes_the_reservation" {
  command = plan

  assert {
    condition = { for s in jsondecode(module.release_stock.policy).Statement : s.Sid => [s.Action, s.Resource] } == {
      WriteItsOwnLog                   = [["logs:CreateLogStream", "logs:PutLogEvents"], ["arn:aws:logs:eu-central-1:123456789012:log-group:mocked:*"]]
      MoveStockFromReservedToAvailable = [["dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/stock"]]
      ReadAndCloseTheReservation       = [["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], ["arn:aws:dynamodb:eu-central-1:123456789012:table/reservations"]]
    }
    error_message = "release_stock must be allowed exactly what its code does."
  }
  assert {
    condition     = { for name, value in module.release_stock.environment : name => value if !contains(["CORS_ALLOW_ORIGINS", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_TRACE_DISABLED", "SERVICE_VERSION"], name) } == { "STOCK_TABLE" = "orderflow-test-stock", "RESERVATIONS_TABLE" = "orderflow-test-reservations" }
    error_message = "release_stock must get exactly the settings its code reads."
  }
}

run "an_audit_trail_that_is_no_table_is_refused" {
  command = plan

  variables {
    audit_trail_table = { name = "x", arn = "x" }
  }

  expect_failures = [var.audit_trail_table]
}
