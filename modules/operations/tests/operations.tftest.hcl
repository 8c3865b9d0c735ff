mock_provider "aws" {
  source          = "../../tests/terraform/mocks"
  override_during = plan
}

variables {
  name_prefix         = "orderflow-test"
  kms_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/test"
  deletion_protection = true
}

run "the_table_is_named_after_its_environment" {
  command = plan

  assert {
    condition     = output.operations_table.name == "orderflow-test-operations"
    error_message = "The table must be found by its environment."
  }
}

run "nobody_may_change_or_remove_an_entry" {
  command = plan

  assert {
    condition     = jsondecode(module.operations_table.policy).Statement[0].Sid == "NobodyChangesOrRemovesAnEntry"
    error_message = "An audit that can be rewritten is none."
  }
  assert {
    condition     = keys(module.operations_table.index_arns) == ["by-subject"]
    error_message = "What was done to one thing must be found without reading every day."
  }
}

run "a_key_that_is_no_kms_key_is_refused" {
  command = plan

  variables {
    kms_key_arn = "alias/aws/dynamodb"
  }

  expect_failures = [var.kms_key_arn]
}

run "a_prefix_that_names_no_environment_is_refused" {
  command = plan

  variables {
    name_prefix = "Order_Flow"
  }

  expect_failures = [var.name_prefix]
}
