mock_provider "aws" {
  source          = "../../tests/terraform/mocks"
  override_during = plan
}

variables {
  name        = "orderflow-test-order-completed"
  account_id  = "123456789012"
  kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/test"
}

run "a_topic_is_encrypted_and_refuses_plain_http" {
  command = plan

  assert {
    condition     = aws_sns_topic.this.kms_master_key_id == var.kms_key_arn
    error_message = "Messages must be encrypted with the environment's key."
  }
  assert {
    condition = jsondecode(aws_sns_topic_policy.this.policy).Statement == [{
      Sid       = "RefuseWhatIsNotEncryptedInTransit"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sns:Publish"
      Resource  = "arn:aws:sns:eu-central-1:123456789012:mocked"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "Without publishing services the policy must only deny what comes without TLS."
  }
}

run "a_service_publishes_for_this_account_only" {
  command = plan

  variables {
    publishing_services = ["cloudwatch.amazonaws.com"]
  }

  assert {
    condition = jsondecode(aws_sns_topic_policy.this.policy).Statement[1] == {
      Sid       = "LetCloudwatchOfThisAccountPublish"
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = "arn:aws:sns:eu-central-1:123456789012:mocked"
      Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    }
    error_message = "A service may publish only what this account made it publish."
  }
}

run "a_publisher_that_is_no_service_is_refused" {
  command = plan

  variables {
    publishing_services = ["*"]
  }

  expect_failures = [var.publishing_services]
}

run "a_name_with_spaces_is_refused" {
  command = plan

  variables {
    name = "order completed"
  }

  expect_failures = [var.name]
}

run "an_account_that_is_none_is_refused" {
  command = plan

  variables {
    account_id = ""
  }

  expect_failures = [var.account_id]
}

run "a_topic_without_key_is_refused" {
  command = plan

  variables {
    kms_key_arn = ""
  }

  expect_failures = [var.kms_key_arn]
}
