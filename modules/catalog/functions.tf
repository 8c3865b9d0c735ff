locals {
  products_index_arns = values(module.products_table.index_arns)
  images_objects_arn  = "${module.images_bucket.arn}/${local.images_prefix}*"

  # Whoever shows a product shows its pictures by signed addresses, and a signature is worth what its signer may do.
  show_pictures = {
    sid       = "SignAddressesOfPictures"
    actions   = ["s3:GetObject"]
    resources = [local.images_objects_arn]
  }

  # A change is told in the transaction that makes it.
  trail_environment = { AUDIT_TRAIL_TABLE = var.audit_trail_table.name }
  tell_the_trail = {
    sid       = "TellTheAuditTrail"
    actions   = ["dynamodb:PutItem"]
    resources = [var.audit_trail_table.arn]
  }

  # So are the words that the product is found by.
  words_environment = { PRODUCT_WORDS_TABLE = module.product_words_table.name }

  product_environment = {
    PRODUCTS_TABLE        = module.products_table.name
    STOCK_TABLE           = module.stock_table.name
    PRODUCT_IMAGES_BUCKET = module.images_bucket.name
  }
}

module "list_products" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "catalog"
  operation   = "list_products"
  description = "GET /products: a page of what is for sale."
  environment = merge(local.product_environment, local.words_environment, { CURSOR_SECRET_ARN = var.cursor_secret_arn })

  statements = [
    {
      sid       = "ListProductsByIndex"
      actions   = ["dynamodb:Query"]
      resources = local.products_index_arns
    },
    {
      sid       = "FindProductsByTheirWords"
      actions   = ["dynamodb:Query"]
      resources = values(module.product_words_table.index_arns)
    },
    {
      sid       = "ReadWhatWasFound"
      actions   = ["dynamodb:BatchGetItem"]
      resources = [module.products_table.arn]
    },
    {
      sid       = "ReadStockOfThePage"
      actions   = ["dynamodb:BatchGetItem"]
      resources = [module.stock_table.arn]
    },
    {
      sid       = "SignAndVerifyCursors"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [var.cursor_secret_arn]
    },
    local.show_pictures,
  ]
}

module "get_product" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "catalog"
  operation   = "get_product"
  description = "GET /products/{productId}: one product with its pictures and what is available."
  environment = local.product_environment

  statements = [
    {
      sid       = "ReadTheProduct"
      actions   = ["dynamodb:GetItem"]
      resources = [module.products_table.arn]
    },
    {
      sid       = "ReadItsStock"
      actions   = ["dynamodb:GetItem"]
      resources = [module.stock_table.arn]
    },
    local.show_pictures,
  ]
}

module "create_product" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "catalog"
  operation   = "create_product"
  description = "POST /products: an administrator adds a product, with its first stock."
  environment = merge(local.product_environment, local.words_environment, local.trail_environment, { CURRENCY = var.currency })

  statements = [
    {
      sid       = "AddTheProduct"
      actions   = ["dynamodb:PutItem"]
      resources = [module.products_table.arn]
    },
    {
      sid       = "AddTheWordsItIsFoundBy"
      actions   = ["dynamodb:PutItem"]
      resources = [module.product_words_table.arn]
    },
    {
      sid       = "AddItsStock"
      actions   = ["dynamodb:PutItem"]
      resources = [module.stock_table.arn]
    },
    local.show_pictures,
    local.tell_the_trail,
  ]
}

module "update_product" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "catalog"
  operation   = "update_product"
  description = "PUT /products/{productId}: an administrator changes a product."
  environment = merge(local.product_environment, local.words_environment, local.trail_environment)

  statements = [
    {
      sid       = "ReadAndChangeTheProduct"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.products_table.arn]
    },
    {
      sid       = "KeepTheWordsItIsFoundBy"
      actions   = ["dynamodb:DeleteItem", "dynamodb:PutItem"]
      resources = [module.product_words_table.arn]
    },
    {
      sid       = "ReadItsStock"
      actions   = ["dynamodb:GetItem"]
      resources = [module.stock_table.arn]
    },
    local.show_pictures,
    local.tell_the_trail,
  ]
}

module "delete_product" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "catalog"
  operation   = "delete_product"
  description = "DELETE /products/{productId}: an administrator withdraws a product; orders that hold it stay whole."
  environment = merge(local.words_environment, local.trail_environment, { PRODUCTS_TABLE = module.products_table.name })

  statements = [
    {
      sid       = "ReadAndWithdrawTheProduct"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.products_table.arn]
    },
    {
      sid       = "TakeAwayTheWordsItIsFoundBy"
      actions   = ["dynamodb:DeleteItem"]
      resources = [module.product_words_table.arn]
    },
    local.tell_the_trail,
  ]
}

module "adjust_stock" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "catalog"
  operation   = "adjust_stock"
  description = "POST /products/{productId}/stock: an administrator counts or receives goods."

  environment = {
    PRODUCTS_TABLE    = module.products_table.name
    STOCK_TABLE       = module.stock_table.name
    AUDIT_TRAIL_TABLE = var.audit_trail_table.name
  }

  statements = [
    {
      sid       = "RefuseWhatIsNotOnSale"
      actions   = ["dynamodb:ConditionCheckItem"]
      resources = [module.products_table.arn]
    },
    {
      sid       = "ReadAndChangeItsStock"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.stock_table.arn]
    },
    local.tell_the_trail,
  ]
}

module "get_stock" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "catalog"
  operation   = "get_stock"
  description = "GET /products/{productId}/stock: a machine reads how much there is."

  environment = {
    STOCK_TABLE       = module.stock_table.name
    CLIENT_KEYS_TABLE = var.client_keys_table.name
  }

  statements = [
    {
      sid       = "ReadTheStock"
      actions   = ["dynamodb:GetItem"]
      resources = [module.stock_table.arn]
    },
    {
      sid       = "CountTheRequestsOfKeys"
      actions   = ["dynamodb:UpdateItem"]
      resources = [var.client_keys_table.arn]

      # Nothing of the key itself: neither what it may do nor its secrets.
      conditions = [{
        test     = "ForAllValues:StringLike"
        variable = "dynamodb:LeadingKeys"
        values   = ["use#*"]
      }]
    },
  ]
}

module "create_upload_url" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "catalog"
  operation   = "create_upload_url"
  description = "GET /products/upload: a signed form that uploads one picture of bound type, size and key."

  environment = {
    PRODUCT_IMAGES_BUCKET = module.images_bucket.name
    PRODUCTS_TABLE        = module.products_table.name
  }

  statements = [
    {
      sid       = "SignUploadsOfPictures"
      actions   = ["s3:PutObject"]
      resources = [local.images_objects_arn, "${module.images_bucket.arn}/uploads/*"]
    },
    {
      sid       = "ReadTheProduct"
      actions   = ["dynamodb:GetItem"]
      resources = [module.products_table.arn]
    },
  ]
}

module "attach_product_image" {
  source = "../lambda_function"

  platform              = var.platform
  context               = "catalog"
  operation             = "attach_product_image"
  description           = "An uploaded picture shows up in its product."
  timeout_seconds       = 30
  dead_letter_queue_arn = module.image_dead_letters.arn

  environment = merge(local.trail_environment, { PRODUCTS_TABLE = module.products_table.name })

  statements = [
    {
      sid       = "ReadTheProductAndAddThePicture"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.products_table.arn]
    },
    local.tell_the_trail,
  ]
}

module "reserve_stock" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "catalog"
  operation       = "reserve_stock"
  description     = "Step of order_processing: all lines of an order are reserved, or none, once."
  timeout_seconds = 15

  environment = {
    PRODUCTS_TABLE     = module.products_table.name
    STOCK_TABLE        = module.stock_table.name
    RESERVATIONS_TABLE = module.reservations_table.name
  }

  statements = [
    {
      sid       = "RefuseWhatIsNotOnSale"
      actions   = ["dynamodb:BatchGetItem"]
      resources = [module.products_table.arn]
    },
    {
      sid       = "MoveStockFromAvailableToReservedOrSayWhatIsShort"
      actions   = ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"]
      resources = [module.stock_table.arn]
    },
    {
      sid       = "RememberTheReservation"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      resources = [module.reservations_table.arn]
    },
  ]
}

module "release_stock" {
  source = "../lambda_function"

  platform        = var.platform
  context         = "catalog"
  operation       = "release_stock"
  description     = "Compensation of order_processing: what an order reserved is available again, once."
  timeout_seconds = 15

  environment = {
    STOCK_TABLE        = module.stock_table.name
    RESERVATIONS_TABLE = module.reservations_table.name
  }

  statements = [
    {
      sid       = "MoveStockFromReservedToAvailable"
      actions   = ["dynamodb:UpdateItem"]
      resources = [module.stock_table.arn]
    },
    {
      sid       = "ReadAndCloseTheReservation"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
      resources = [module.reservations_table.arn]
    },
  ]
}
