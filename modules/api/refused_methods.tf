# Methods that a protocol wants refused by name (405) rather than as no route (404): `x-orderflow-not-allowed` of a path.
# API Gateway answers by itself. Nobody is asked who they are: the answer is the same for all.
locals {
  refused_methods = merge([
    for path, item in local.document.paths : {
      for method in try(item["x-orderflow-not-allowed"], []) : "${method} ${path}" => { path = path, method = method }
    }
  ]...)

  # What can be told without a template: an integration's answer has no header from the context.
  refused_method_headers = { for header, value in local.gateway_headers : header => value if header != "X-Request-Id" }
}

resource "aws_api_gateway_method" "refused" {
  #checkov:skip=CKV_AWS_59:The method does nothing but say that it is not allowed; no function is behind it.
  #checkov:skip=CKV2_AWS_70:The method does nothing but say that it is not allowed; no function is behind it.
  #checkov:skip=CKV2_AWS_53:What is refused anyway has no parameters and no body to validate.
  for_each = local.refused_methods

  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = local.resource_ids[each.value.path]
  http_method   = each.value.method
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "refused" {
  for_each = local.refused_methods

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = local.resource_ids[each.value.path]
  http_method = aws_api_gateway_method.refused[each.key].http_method
  type        = "MOCK"
  # Without meaning for a mock; the local emulator fills it in, and an unset value would differ at each plan.
  integration_http_method = "POST"
  timeout_milliseconds    = var.integration_timeout_milliseconds
  request_templates       = { "application/json" = jsonencode({ statusCode = 405 }) }
}

resource "aws_api_gateway_method_response" "refused" {
  for_each = local.refused_methods

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = local.resource_ids[each.value.path]
  http_method = aws_api_gateway_method.refused[each.key].http_method
  status_code = "405"
  response_parameters = {
    for header in concat(keys(local.refused_method_headers), ["Allow"]) : "method.response.header.${header}" => false
  }
}

resource "aws_api_gateway_integration_response" "refused" {
  for_each = local.refused_methods

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = local.resource_ids[each.value.path]
  http_method = aws_api_gateway_integration.refused[each.key].http_method
  status_code = aws_api_gateway_method_response.refused[each.key].status_code
  response_parameters = merge(
    { for header, value in local.refused_method_headers : "method.response.header.${header}" => value },
    { "method.response.header.Allow" = "'${join(", ", local.methods_at[each.value.path])}'" }
  )
  response_templates = {
    "application/json" = jsonencode({
      type    = "invalid_request"
      code    = "method_not_allowed"
      message = "${each.key} is not allowed; use ${join(", ", local.methods_at[each.value.path])}."
    })
  }
}
