locals {
  # Bucket names are global: the account makes this one ours.
  images_bucket_name = "${var.platform.name_prefix}-product-images-${var.platform.account_id}"
  images_prefix      = "products/"
}

module "images_bucket" {
  source = "../private_bucket"

  name                = local.images_bucket_name
  kms_key_arn         = var.platform.kms_key_arn
  deletion_protection = var.platform.deletion_protection
}

resource "aws_s3_bucket_cors_configuration" "images" {
  bucket = module.images_bucket.name

  cors_rule {
    allowed_methods = ["GET", "POST"]
    allowed_origins = var.platform.cors_allow_origins
    allowed_headers = ["*"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3000
  }
}

# S3 calls the function asynchronously: what fails for good would be gone without a dead letter.
module "image_dead_letters" {
  source = "../dead_letter_queue"

  platform = var.platform
  name     = "product-images"
}

resource "aws_lambda_permission" "images_call_attach_product_image" {
  statement_id   = "LetTheImageBucketInvokeTheFunction"
  action         = "lambda:InvokeFunction"
  function_name  = module.attach_product_image.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = module.images_bucket.arn
  source_account = var.platform.account_id
}

resource "aws_s3_bucket_notification" "images" {
  bucket = module.images_bucket.name

  lambda_function {
    id                  = "attach-product-image"
    lambda_function_arn = module.attach_product_image.arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = local.images_prefix
  }

  depends_on = [aws_lambda_permission.images_call_attach_product_image]
}
