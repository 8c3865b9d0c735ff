resource "aws_api_gateway_request_validator" "parameters" {
  name                        = "parameters"
  rest_api_id                 = aws_api_gateway_rest_api.this.id
  validate_request_parameters = true
  validate_request_body       = false
}

resource "aws_api_gateway_request_validator" "parameters_and_body" {
  name                        = "parameters-and-body"
  rest_api_id                 = aws_api_gateway_rest_api.this.id
  validate_request_parameters = true
  validate_request_body       = true
}

resource "aws_api_gateway_model" "body" {
  for_each = local.models

  rest_api_id  = aws_api_gateway_rest_api.this.id
  name         = each.key
  description  = "Body schema ${each.key} of the OpenAPI document."
  content_type = "application/json"
  schema       = each.value
}

resource "aws_api_gateway_method" "operation" {
  #checkov:skip=CKV_AWS_59:Routes with `security: []` in the OpenAPI document are open by design (health, sign-up, sign-in, reading the catalogue, Stripe's signed webhook); all others carry the Cognito authorizer or that of client keys, which tests/api.tftest.hcl asserts.
  #checkov:skip=CKV2_AWS_70:Routes with `security: []` in the OpenAPI document are open by design (health, sign-up, sign-in, reading the catalogue, Stripe's signed webhook); all others carry the Cognito authorizer or that of client keys, which tests/api.tftest.hcl asserts.
  for_each = local.operations

  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = local.resource_ids[each.value.path]
  http_method   = each.value.method
  authorization = local.authorizations[each.value.identity]
  authorizer_id = lookup(local.authorizer_ids, each.value.checkout && each.value.identity == "clientKey" ? "agents" : each.value.identity, null)

  request_parameters = local.parameters[each.key]
  request_models     = each.value.body == null ? {} : { "application/json" = aws_api_gateway_model.body[each.value.body].name }
  request_validator_id = (
    each.value.body != null && var.validate_bodies_at_edge
    ? aws_api_gateway_request_validator.parameters_and_body.id
    : aws_api_gateway_request_validator.parameters.id
  )
}

resource "aws_api_gateway_integration" "function" {
  for_each = local.operations

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = local.resource_ids[each.value.path]
  http_method             = aws_api_gateway_method.operation[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = var.functions[each.value.function].invoke_arn
  timeout_milliseconds    = each.value.timeout
}

# One permission per operation: this stage, this method, this path, nothing else.
resource "aws_lambda_permission" "operation" {
  for_each = local.operations

  statement_id  = "ApiInvokes${replace(title(replace(lower(each.key), "/[^a-z]+/", " ")), " ", "")}"
  action        = "lambda:InvokeFunction"
  function_name = var.functions[each.value.function].function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/${var.stage_name}/${each.value.method}${replace(each.value.path, "/\\{[^}]+\\}/", "*")}"
}
