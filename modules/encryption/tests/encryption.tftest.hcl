mock_provider "aws" {
  source          = "../../tests/terraform/mocks"
  override_during = plan
}

variables {
  name_prefix = "orderflow-test"
  region      = "eu-central-1"
  account_id  = "123456789012"
}

run "the_key_rotates_and_can_be_recalled_after_a_mistaken_deletion" {
  command = plan

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30
    error_message = "The key must rotate and wait 30 days before it is gone."
  }
  assert {
    condition     = aws_kms_alias.this.name == "alias/orderflow-test" && aws_kms_alias.this.target_key_id == aws_kms_key.this.key_id
    error_message = "The key must be found under the environment's name."
  }
}

run "only_this_environments_roles_use_the_key_and_only_through_services_that_hold_data" {
  command = plan

  assert {
    condition = one([for s in jsondecode(aws_kms_key.this.policy).Statement : s if s.Principal == { AWS = "*" }]).Condition == {
      ArnLike = { "aws:PrincipalArn" = "arn:aws:iam::123456789012:role/orderflow-test-*" }
      StringEquals = {
        "kms:CallerAccount" = "123456789012"
        "kms:ViaService" = [
          "dynamodb.eu-central-1.amazonaws.com",
          "lambda.eu-central-1.amazonaws.com",
          "s3.eu-central-1.amazonaws.com",
          "secretsmanager.eu-central-1.amazonaws.com",
          "sns.eu-central-1.amazonaws.com",
          "sqs.eu-central-1.amazonaws.com",
        ]
      }
    }
    error_message = "A principal of \"*\" must be narrowed to this account, this environment's roles and these services."
  }
  assert {
    condition     = alltrue([for s in jsondecode(aws_kms_key.this.policy).Statement : !contains(flatten([s.Action]), "kms:*") || s.Principal == { AWS = "arn:aws:iam::123456789012:root" }])
    error_message = "Only the account's administrators may do everything with the key."
  }
}

run "logs_may_be_encrypted_for_this_environments_groups_only" {
  command = plan

  assert {
    condition = one([for s in jsondecode(aws_kms_key.this.policy).Statement : s if s.Principal == { Service = "logs.eu-central-1.amazonaws.com" }]).Condition == {
      ArnLike = {
        "kms:EncryptionContext:aws:logs:arn" = [
          "arn:aws:logs:eu-central-1:123456789012:log-group:*orderflow-test*",
          "arn:aws:logs:eu-central-1:123456789012:log-group:API-Gateway-Execution-Logs_*",
        ]
      }
    }
    error_message = "CloudWatch Logs may use the key for our groups, and nobody else's."
  }
}

run "only_this_accounts_alarms_publish_to_the_encrypted_topic" {
  command = plan

  assert {
    condition     = one([for s in jsondecode(aws_kms_key.this.policy).Statement : s if s.Principal == { Service = "cloudwatch.amazonaws.com" }]).Condition == { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    error_message = "CloudWatch may use the key for this account's alarms only."
  }
  assert {
    condition     = one([for s in jsondecode(aws_kms_key.this.policy).Statement : s if s.Principal == { Service = "sns.amazonaws.com" }]).Condition == { StringEquals = { "aws:SourceAccount" = "123456789012" } }
    error_message = "SNS may use the key for this account's topics only."
  }
  assert {
    condition     = length([for s in jsondecode(aws_kms_key.this.policy).Statement : s]) == 5
    error_message = "Whoever else gets the key needs a statement with a test."
  }
}

run "a_region_that_is_none_is_refused" {
  command = plan

  variables {
    region = "Frankfurt"
  }

  expect_failures = [var.region]
}

run "an_account_that_is_none_is_refused" {
  command = plan

  variables {
    account_id = "12"
  }

  expect_failures = [var.account_id]
}

run "a_prefix_that_cannot_start_a_name_is_refused" {
  command = plan

  variables {
    name_prefix = "Order_Flow"
  }

  expect_failures = [var.name_prefix]
}

run "a_partition_that_is_none_is_refused" {
  command = plan

  variables {
    partition = "azure"
  }

  expect_failures = [var.partition]
}

run "a_deletion_window_shorter_than_kms_allows_is_refused" {
  command = plan

  variables {
    deletion_window_days = 1
  }

  expect_failures = [var.deletion_window_days]
}
