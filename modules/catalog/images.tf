locals {
  # Bucket names are global: the account makes this one ours.
  images_bucket_name = "${var.platform.name_prefix}-product-images-${var.platform.account_id}"
  images_prefix      = "products/"
}

resource "aws_s3_bucket" "images" {
  #checkov:skip=CKV_AWS_144:Pictures can be uploaded again; a copy in a second region is not worth its cost.
  #checkov:skip=CKV_AWS_18:Uploads and reads go through addresses signed by two of our functions, whose logs name caller and key.
  bucket        = local.images_bucket_name
  force_destroy = !var.platform.deletion_protection
}

resource "aws_s3_bucket_public_access_block" "images" {
  bucket = aws_s3_bucket.images.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "images" {
  bucket = aws_s3_bucket.images.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "images" {
  bucket = aws_s3_bucket.images.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.platform.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "images" {
  bucket = aws_s3_bucket.images.id

  rule {
    id     = "forget-replaced-pictures"
    status = "Enabled"
    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }

  rule {
    id     = "forget-broken-uploads"
    status = "Enabled"
    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "images" {
  bucket = aws_s3_bucket.images.id

  cors_rule {
    allowed_methods = ["GET", "POST"]
    allowed_origins = var.upload_origins
    allowed_headers = ["*"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3000
  }
}

resource "aws_s3_bucket_policy" "images" {
  bucket = aws_s3_bucket.images.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "RefuseWhatIsNotEncryptedInTransit"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.images.arn, "${aws_s3_bucket.images.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  # Both change the bucket's policy status; at once, one of them meets a conflict.
  depends_on = [aws_s3_bucket_public_access_block.images]
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
  source_arn     = aws_s3_bucket.images.arn
  source_account = var.platform.account_id
}

resource "aws_s3_bucket_notification" "images" {
  bucket = aws_s3_bucket.images.id

  lambda_function {
    id                  = "attach-product-image"
    lambda_function_arn = module.attach_product_image.arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = local.images_prefix
  }

  depends_on = [aws_lambda_permission.images_call_attach_product_image]
}
