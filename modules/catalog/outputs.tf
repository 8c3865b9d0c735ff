output "functions" {
  description = "The context's functions by operation."
  value = {
    for operation, function in {
      list_products        = module.list_products
      get_product          = module.get_product
      create_product       = module.create_product
      update_product       = module.update_product
      delete_product       = module.delete_product
      adjust_stock         = module.adjust_stock
      get_stock            = module.get_stock
      create_upload_url    = module.create_upload_url
      attach_product_image = module.attach_product_image
      reserve_stock        = module.reserve_stock
      release_stock        = module.release_stock
      } : operation => {
      function_name = function.function_name
      arn           = function.arn
      invoke_arn    = function.invoke_arn
    }
  }
}

output "products_table" {
  description = "Name and ARN of the products table."
  value       = { name = module.products_table.name, arn = module.products_table.arn }
}

output "stock_table" {
  description = "Name and ARN of the stock table."
  value       = { name = module.stock_table.name, arn = module.stock_table.arn }
}

output "product_words_table" {
  description = "Name and ARN of the table of the words that products are found by."
  value       = { name = module.product_words_table.name, arn = module.product_words_table.arn }
}

output "reservations_table" {
  description = "Name and ARN of the reservations table."
  value       = { name = module.reservations_table.name, arn = module.reservations_table.arn }
}

output "product_images_bucket_name" {
  description = "Name of the private bucket with the product pictures."
  value       = module.images_bucket.name
}
