locals {
  # Bucket names are global: the account makes this one ours.
  pictures_bucket_name = "${var.platform.name_prefix}-profile-pictures-${var.platform.account_id}"
  uploads_objects_arn  = "${module.pictures_bucket.arn}/uploads/*"
  shown_objects_arn    = "${module.pictures_bucket.arn}/pictures/*"
}

# People's faces lie apart from the shop's goods: other rights, and forgotten sooner.
module "pictures_bucket" {
  source = "../private_bucket"

  name                       = local.pictures_bucket_name
  kms_key_arn                = var.platform.kms_key_arn
  deletion_protection        = var.platform.deletion_protection
  replaced_objects_kept_days = 1
  forgotten_after_days       = { "uploads/" = 1 }
}

resource "aws_s3_bucket_cors_configuration" "pictures" {
  bucket = module.pictures_bucket.name

  cors_rule {
    allowed_methods = ["GET", "POST"]
    allowed_origins = var.platform.cors_allow_origins
    allowed_headers = ["*"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3000
  }
}

module "create_picture_upload" {
  source = "../lambda_function"

  platform    = var.platform
  context     = "customers"
  operation   = "create_picture_upload"
  description = "PUT /users/{userId}/picture: a signed form that uploads one's own picture."

  environment = {
    CUSTOMERS_TABLE         = module.customers_table.name
    PROFILE_PICTURES_BUCKET = module.pictures_bucket.name
  }

  statements = [
    {
      sid       = "ReadTheProfile"
      actions   = ["dynamodb:GetItem"]
      resources = [module.customers_table.arn]
    },
    {
      sid       = "SignUploadsOfPictures"
      actions   = ["s3:PutObject"]
      resources = [local.uploads_objects_arn]
    },
  ]
}

module "check_picture" {
  source = "../lambda_function"

  platform              = var.platform
  context               = "customers"
  operation             = "check_picture"
  description           = "An uploaded profile picture is looked at: shown from now on, or removed."
  timeout_seconds       = 30
  dead_letter_queue_arn = module.picture_dead_letters.arn

  environment = {
    CUSTOMERS_TABLE         = module.customers_table.name
    AUDIT_TRAIL_TABLE       = module.audit_trail_table.name
    PROFILE_PICTURES_BUCKET = module.pictures_bucket.name
  }

  statements = [
    {
      sid       = "LookAtUploadsAndRemoveThem"
      actions   = ["s3:DeleteObject", "s3:GetObject"]
      resources = [local.uploads_objects_arn]
    },
    {
      sid       = "ShowWhatIsAPictureAndRemoveTheOneBefore"
      actions   = ["s3:DeleteObject", "s3:PutObject"]
      resources = [local.shown_objects_arn]
    },
    # Without it, S3 says of a missing object that it is forbidden.
    {
      sid       = "SeeWhatThereIs"
      actions   = ["s3:ListBucket"]
      resources = [module.pictures_bucket.arn]
    },
    {
      sid       = "NoteThePictureInTheProfile"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [module.customers_table.arn]
    },
    local.tell_the_trail,
  ]
}

# S3 calls the function asynchronously: what fails for good would be gone without a dead letter.
module "picture_dead_letters" {
  source = "../dead_letter_queue"

  platform = var.platform
  name     = "profile-pictures"
}

resource "aws_lambda_permission" "pictures_call_check_picture" {
  statement_id   = "LetThePictureBucketInvokeTheFunction"
  action         = "lambda:InvokeFunction"
  function_name  = module.check_picture.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = module.pictures_bucket.arn
  source_account = var.platform.account_id
}

resource "aws_s3_bucket_notification" "pictures" {
  bucket = module.pictures_bucket.name

  lambda_function {
    id                  = "check-picture"
    lambda_function_arn = module.check_picture.arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "uploads/"
  }

  depends_on = [aws_lambda_permission.pictures_call_check_picture]
}
