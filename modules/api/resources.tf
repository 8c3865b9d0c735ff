# One resource per path part. A resource cannot refer to its own instances, hence one block per depth.
resource "aws_api_gateway_resource" "level_1" {
  for_each = local.nodes_at[1]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = each.value.part
}

resource "aws_api_gateway_resource" "level_2" {
  for_each = local.nodes_at[2]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.level_1[each.value.parent].id
  path_part   = each.value.part
}

resource "aws_api_gateway_resource" "level_3" {
  for_each = local.nodes_at[3]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.level_2[each.value.parent].id
  path_part   = each.value.part
}

resource "aws_api_gateway_resource" "level_4" {
  for_each = local.nodes_at[4]

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.level_3[each.value.parent].id
  path_part   = each.value.part
}

locals {
  resource_ids = {
    for node, resource in merge(
      aws_api_gateway_resource.level_1,
      aws_api_gateway_resource.level_2,
      aws_api_gateway_resource.level_3,
      aws_api_gateway_resource.level_4,
    ) : node => resource.id
  }
}
