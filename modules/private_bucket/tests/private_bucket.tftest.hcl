mock_provider "aws" {
  source          = "../../tests/terraform/mocks"
  override_during = plan
}

variables {
  name                = "orderflow-test-product-images-123456789012"
  kms_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/test"
  deletion_protection = true
}

run "nothing_in_the_bucket_can_become_public" {
  command = plan

  assert {
    condition = (
      aws_s3_bucket_public_access_block.this.block_public_acls &&
      aws_s3_bucket_public_access_block.this.block_public_policy &&
      aws_s3_bucket_public_access_block.this.ignore_public_acls &&
      aws_s3_bucket_public_access_block.this.restrict_public_buckets
    )
    error_message = "All four ways to the public must be blocked."
  }
}

run "objects_are_encrypted_with_the_environments_key" {
  command = plan

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms" && one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn
    error_message = "Objects must be encrypted with the environment's key by default."
  }
}

run "a_replaced_object_can_be_brought_back_for_thirty_days" {
  command = plan

  assert {
    condition     = one(aws_s3_bucket_versioning.this.versioning_configuration).status == "Enabled"
    error_message = "Versions must be kept."
  }
  assert {
    condition     = one([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : one(rule.noncurrent_version_expiration).noncurrent_days if rule.id == "forget-replaced-objects" && rule.status == "Enabled"]) == 30
    error_message = "Replaced objects must go after thirty days."
  }
  assert {
    condition     = one([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : one(rule.abort_incomplete_multipart_upload).days_after_initiation if rule.id == "forget-broken-uploads" && rule.status == "Enabled"]) == 1
    error_message = "Uploads that broke off must go after a day."
  }
}

run "plain_http_is_refused" {
  command = plan

  assert {
    condition = jsondecode(aws_s3_bucket_policy.this.policy).Statement == [{
      Sid       = "RefuseWhatIsNotEncryptedInTransit"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::mocked", "arn:aws:s3:::mocked/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "The policy must deny what comes without TLS, and grant nobody anything."
  }
}

run "a_protected_bucket_is_not_deleted_with_its_objects" {
  command = plan

  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "With deletion protection a bucket that holds objects must stay."
  }
}

run "an_unprotected_bucket_goes_with_its_objects" {
  command = plan

  variables {
    deletion_protection = false
  }

  assert {
    condition     = aws_s3_bucket.this.force_destroy
    error_message = "Without deletion protection an environment must come down in one go."
  }
}

run "a_name_that_s3_refuses_is_refused" {
  command = plan

  variables {
    name = "Orderflow_Images"
  }

  expect_failures = [var.name]
}

run "a_bucket_without_key_is_refused" {
  command = plan

  variables {
    kms_key_arn = ""
  }

  expect_failures = [var.kms_key_arn]
}

run "an_undecided_deletion_protection_is_refused" {
  command = plan

  variables {
    deletion_protection = null
  }

  expect_failures = [var.deletion_protection]
}

run "half_a_day_of_keeping_is_refused" {
  command = plan

  variables {
    replaced_objects_kept_days = 0.5
  }

  expect_failures = [var.replaced_objects_kept_days]
}

run "what_was_only_on_its_way_is_forgotten_by_its_prefix" {
  command = plan

  variables {
    forgotten_after_days = { "uploads/" = 1 }
  }

  assert {
    condition     = [for rule in aws_s3_bucket_lifecycle_configuration.this.rule : [one(rule.filter).prefix, one(rule.expiration).days] if rule.id == "forget-uploads" && rule.status == "Enabled"] == [["uploads/", 1]]
    error_message = "Objects of a forgotten prefix must go by themselves."
  }
}

run "a_prefix_that_is_no_folder_is_refused" {
  command = plan

  variables {
    forgotten_after_days = { uploads = 1 }
  }

  expect_failures = [var.forgotten_after_days]
}
