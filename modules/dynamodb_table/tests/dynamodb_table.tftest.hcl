mock_provider "aws" {
  source          = "../../tests/terraform/mocks"
  override_during = plan
}

variables {
  name                = "orderflow-test-orders"
  partition_key       = { name = "orderId", type = "S" }
  kms_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/test"
  deletion_protection = true
}

run "a_table_is_paid_per_request_encrypted_restorable_and_protected" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST"
    error_message = "A table must need no capacity planning."
  }
  assert {
    condition     = one(aws_dynamodb_table.this.server_side_encryption).enabled && one(aws_dynamodb_table.this.server_side_encryption).kms_key_arn == var.kms_key_arn
    error_message = "A table must be encrypted with the environment's key."
  }
  assert {
    condition     = one(aws_dynamodb_table.this.point_in_time_recovery).enabled
    error_message = "A table must be restorable to any second."
  }
  assert {
    condition     = aws_dynamodb_table.this.deletion_protection_enabled
    error_message = "deletion_protection must reach the table."
  }
}

run "a_table_without_options_has_one_key_and_no_index_and_keeps_its_items" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.this.hash_key == "orderId" && aws_dynamodb_table.this.range_key == null
    error_message = "Without a sort key there is only the partition key."
  }
  assert {
    condition     = aws_dynamodb_table.this.attribute == toset([{ name = "orderId", type = "S" }])
    error_message = "Only key attributes may be declared."
  }
  assert {
    condition     = length(aws_dynamodb_table.this.global_secondary_index) == 0 && length(aws_dynamodb_table.this.ttl) == 0
    error_message = "Nothing is indexed and nothing expires unless asked for."
  }
  assert {
    condition     = aws_dynamodb_table.this.stream_enabled == null && output.stream_arn == null
    error_message = "Nobody pays for a stream that nobody asked for."
  }
}

run "each_key_attribute_is_declared_once_however_many_indexes_use_it" {
  command = plan

  variables {
    sort_key = { name = "createdAt", type = "S" }
    indexes = {
      by-price = {
        partition_key = { name = "listing", type = "S" }
        sort_key      = { name = "price", type = "N" }
      }
      by-name = {
        partition_key = { name = "listing", type = "S" }
        sort_key      = { name = "nameKey", type = "S" }
      }
    }
  }

  assert {
    condition = aws_dynamodb_table.this.attribute == toset([
      { name = "orderId", type = "S" },
      { name = "createdAt", type = "S" },
      { name = "listing", type = "S" },
      { name = "price", type = "N" },
      { name = "nameKey", type = "S" },
    ])
    error_message = "The table must declare the keys of the table and of all indexes, each once."
  }
  assert {
    condition     = { for i in aws_dynamodb_table.this.global_secondary_index : i.name => [i.hash_key, i.range_key, i.projection_type] } == { by-price = ["listing", "price", "ALL"], by-name = ["listing", "nameKey", "ALL"] }
    error_message = "Each index must have its keys and all attributes."
  }
  assert {
    condition = output.index_arns == {
      by-price = "arn:aws:dynamodb:eu-central-1:123456789012:table/mocked/index/by-price"
      by-name  = "arn:aws:dynamodb:eu-central-1:123456789012:table/mocked/index/by-name"
    }
    error_message = "Each index has an ARN of its own, so that a Query can be allowed on it alone."
  }
}

run "items_expire_by_the_named_attribute" {
  command = plan

  variables {
    expires_at_attribute = "expiresAt"
  }

  assert {
    condition     = one(aws_dynamodb_table.this.ttl).enabled && one(aws_dynamodb_table.this.ttl).attribute_name == "expiresAt"
    error_message = "Expiry must be on, by the named attribute."
  }
}

run "a_key_of_unknown_type_is_refused" {
  command = plan

  variables {
    partition_key = { name = "orderId", type = "STRING" }
  }

  expect_failures = [var.partition_key]
}

run "a_sort_key_of_unknown_type_is_refused" {
  command = plan

  variables {
    sort_key = { name = "createdAt", type = "DATE" }
  }

  expect_failures = [var.sort_key]
}

run "an_index_key_of_unknown_type_is_refused" {
  command = plan

  variables {
    indexes = { by-price = { partition_key = { name = "listing", type = "S" }, sort_key = { name = "price", type = "MONEY" } } }
  }

  expect_failures = [var.indexes]
}

run "an_empty_expiry_attribute_is_refused" {
  command = plan

  variables {
    expires_at_attribute = ""
  }

  expect_failures = [var.expires_at_attribute]
}

run "a_name_with_spaces_is_refused" {
  command = plan

  variables {
    name = "my orders"
  }

  expect_failures = [var.name]
}

run "a_table_without_key_is_refused" {
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

run "an_index_may_hold_its_keys_only" {
  command = plan

  variables {
    indexes = {
      by-open = {
        partition_key = { name = "openGroup", type = "S" }
        sort_key      = { name = "checkAfter", type = "S" }
        projection    = "KEYS_ONLY"
      }
    }
  }

  assert {
    condition     = one(aws_dynamodb_table.this.global_secondary_index).projection_type == "KEYS_ONLY"
    error_message = "An index that only finds items must not be written for every other change of them."
  }
}

run "an_unknown_projection_is_refused" {
  command = plan

  variables {
    indexes = {
      by-open = {
        partition_key = { name = "openGroup", type = "S" }
        sort_key      = { name = "checkAfter", type = "S" }
        projection    = "INCLUDE"
      }
    }
  }

  expect_failures = [var.indexes]
}

run "a_table_may_be_changed_unless_it_is_append_only" {
  command = plan

  assert {
    condition     = length(aws_dynamodb_resource_policy.append_only) == 0 && output.policy == null
    error_message = "A policy nobody asked for would stop every update."
  }
}

run "nobody_changes_or_removes_an_item_of_an_append_only_table" {
  command = plan

  variables {
    append_only = true
  }

  # BatchWriteItem has a permission of its own, and deletes.
  assert {
    condition = jsondecode(output.policy).Statement == [{
      Sid       = "NobodyChangesOrRemovesAnEntry"
      Effect    = "Deny"
      Principal = { AWS = "*" }
      Action    = ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PartiQLDelete", "dynamodb:PartiQLUpdate", "dynamodb:UpdateItem"]
      Resource  = output.arn
    }]
    error_message = "A record that can be rewritten is none."
  }
  assert {
    condition     = aws_dynamodb_resource_policy.append_only[0].resource_arn == output.arn
    error_message = "The policy must guard this table."
  }
}

run "an_undecided_append_only_is_refused" {
  command = plan

  variables {
    append_only = null
  }

  expect_failures = [var.append_only]
}

run "a_stream_tells_of_each_change_what_was_asked_for" {
  command = plan

  variables {
    stream_view = "NEW_AND_OLD_IMAGES"
  }

  assert {
    condition     = aws_dynamodb_table.this.stream_enabled && aws_dynamodb_table.this.stream_view_type == "NEW_AND_OLD_IMAGES"
    error_message = "Whoever counts changes needs to see what was before and after."
  }
  assert {
    condition     = output.stream_arn == "arn:aws:dynamodb:eu-central-1:123456789012:table/mocked/stream/2026-01-02T03:04:05.678"
    error_message = "Whoever reads the stream needs its ARN."
  }
}

run "an_unknown_view_is_refused" {
  command = plan

  variables {
    stream_view = "BOTH"
  }

  expect_failures = [var.stream_view]
}
