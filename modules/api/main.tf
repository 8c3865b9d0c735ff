data "aws_partition" "current" {}

resource "aws_api_gateway_rest_api" "this" {
  name        = "${var.name_prefix}-api"
  description = "The REST API of modules/api/openapi.yaml, version ${local.document.info.version}."

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = length(local.missing_functions) == 0
      error_message = "The OpenAPI document names functions that are not given in `functions`: ${join(", ", local.missing_functions)}. Correct x-orderflow-function there, or pass the function."
    }
    precondition {
      condition     = alltrue([for node in local.nodes : length(split("/", node)) <= 5])
      error_message = "The OpenAPI document has a path with more than four parts; modules/api/resources.tf makes four levels: add one there."
    }
    precondition {
      condition     = length(local.unreached_models) == 0
      error_message = "Schemas nested deeper than four references: ${join(", ", local.unreached_models)}. Add a level to reach_4 in modules/api/contract.tf."
    }
  }
}
