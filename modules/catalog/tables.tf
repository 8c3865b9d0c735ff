module "products_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-products"
  partition_key       = { name = "productId", type = "S" }
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection

  # `listing` is "active" or absent, `category` is absent when withdrawn: what is not for sale is in no index.
  indexes = {
    all-by-name = {
      partition_key = { name = "listing", type = "S" }
      sort_key      = { name = "nameKey", type = "S" }
    }
    all-by-price = {
      partition_key = { name = "listing", type = "S" }
      sort_key      = { name = "price", type = "N" }
    }
    category-by-name = {
      partition_key = { name = "category", type = "S" }
      sort_key      = { name = "nameKey", type = "S" }
    }
    category-by-price = {
      partition_key = { name = "category", type = "S" }
      sort_key      = { name = "price", type = "N" }
    }
  }
}

# Every beginning of a name's words that is looked up, each with the product's name, price and category; see decision 0025.
# Apart from the products: a new stock, rating or picture writes none of these rows.
module "product_words_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-product-words"
  partition_key       = { name = "stem", type = "S" }
  sort_key            = { name = "productId", type = "S" }
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection

  # The same ways as through the products, of what one stem finds.
  indexes = {
    all-by-name = {
      partition_key = { name = "stem", type = "S" }
      sort_key      = { name = "nameKey", type = "S" }
    }
    all-by-price = {
      partition_key = { name = "stem", type = "S" }
      sort_key      = { name = "price", type = "N" }
    }
    category-by-name = {
      partition_key = { name = "categoryStem", type = "S" }
      sort_key      = { name = "nameKey", type = "S" }
    }
    category-by-price = {
      partition_key = { name = "categoryStem", type = "S" }
      sort_key      = { name = "price", type = "N" }
    }
  }
}

# Apart from the product: a whole-object write of a product can then never undo a reservation.
module "stock_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-stock"
  partition_key       = { name = "productId", type = "S" }
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection
}

# What makes reserving and releasing happen once per order.
module "reservations_table" {
  source = "../dynamodb_table"

  name                = "${var.platform.name_prefix}-reservations"
  partition_key       = { name = "orderId", type = "S" }
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection
}
