# Browsers ask with OPTIONS before they send; API Gateway answers by itself, without a function.
locals {
  # Folders above a path that have no method of their own answer nothing.
  routes = toset([for operation in values(local.operations) : operation.path])

  # One value can be static. With several, the answer names the asking one (Vary: Origin).
  static_origin = length(var.cors_allow_origins) == 1 ? var.cors_allow_origins[0] : null

  # What pages may send and read: every header that the document names, but for those that only machines send.
  cors_request_headers = sort(distinct(concat(
    ["Content-Type"],
    [for scheme in values(local.document.components.securitySchemes) : scheme.name if try(scheme.in, "") == "header"],
    flatten([for operation in values(local.operations) : operation.signed || operation.checkout ? [] : [
      for parameter in keys(local.parameters["${operation.method} ${operation.path}"]) :
      trimprefix(parameter, "method.request.header.") if startswith(parameter, "method.request.header.")
    ]]),
  )))
  cors_answer_headers = join(",", keys(local.document.components.headers))

  # One list for functions, preflights and the gateway itself: x-orderflow-answer-headers of the document.
  answer_headers = { for header, value in local.document["x-orderflow-answer-headers"] : header => "'${value}'" }

  cors_headers = merge(local.answer_headers, {
    "Access-Control-Allow-Headers" = "'${join(",", local.cors_request_headers)}'"
    "Access-Control-Max-Age"       = "'600'"
    "Vary"                         = "'Origin'"
  })

  # docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
  choose_origin = local.static_origin != null ? "" : <<-VTL
    #set($origin = $input.params("Origin"))
    #if($origin == "")#set($origin = $input.params("origin"))#end
    #if(${join(" || ", [for origin in var.cors_allow_origins : "$origin == \"${origin}\""])})
    #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)
    #end
  VTL
}

resource "aws_api_gateway_method" "preflight" {
  #checkov:skip=CKV2_AWS_53:A preflight has no parameters and no body to validate.
  for_each = local.routes

  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = local.resource_ids[each.key]
  http_method   = "OPTIONS"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "preflight" {
  for_each = local.routes

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = local.resource_ids[each.key]
  http_method = aws_api_gateway_method.preflight[each.key].http_method
  type        = "MOCK"
  # Without meaning for a mock; the local emulator fills it in, and an unset value would differ at each plan.
  integration_http_method = "POST"
  timeout_milliseconds    = var.integration_timeout_milliseconds
  request_templates       = { "application/json" = jsonencode({ statusCode = 200 }) }
}

resource "aws_api_gateway_method_response" "preflight" {
  for_each = local.routes

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = local.resource_ids[each.key]
  http_method = aws_api_gateway_method.preflight[each.key].http_method
  status_code = "200"
  response_parameters = {
    for header in concat(keys(local.cors_headers), ["Access-Control-Allow-Methods", "Access-Control-Allow-Origin"]) :
    "method.response.header.${header}" => false
  }
}

resource "aws_api_gateway_integration_response" "preflight" {
  for_each = local.routes

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = local.resource_ids[each.key]
  http_method = aws_api_gateway_integration.preflight[each.key].http_method
  status_code = aws_api_gateway_method_response.preflight[each.key].status_code
  response_parameters = merge(
    { for header, value in local.cors_headers : "method.response.header.${header}" => value },
    {
      "method.response.header.Access-Control-Allow-Methods" = "'${join(",", concat(local.methods_at[each.key], ["OPTIONS"]))}'"
      "method.response.header.Access-Control-Allow-Origin"  = "'${coalesce(local.static_origin, var.cors_allow_origins[0])}'"
    }
  )
  response_templates = { "application/json" = local.choose_origin }
}
