locals {
  authorizer_ids = {
    agents    = aws_api_gateway_authorizer.agents.id
    clientKey = aws_api_gateway_authorizer.client.id
    cognito   = aws_api_gateway_authorizer.cognito.id
  }
}

# Verifies signature, expiry and issuer of the id token, sent bare or after "Bearer ".
resource "aws_api_gateway_authorizer" "cognito" {
  name            = "${var.name_prefix}-customers"
  rest_api_id     = aws_api_gateway_rest_api.this.id
  type            = "COGNITO_USER_POOLS"
  identity_source = "method.request.header.Authorization"
  provider_arns   = [var.user_pool_arn]
}

# Asks a function whose key it is. What has not even the form of a key (src/orderflow/clients/api_key.py), an id token
# among it, is refused before the function is asked.
resource "aws_api_gateway_authorizer" "client" {
  name                             = "${var.name_prefix}-clients"
  rest_api_id                      = aws_api_gateway_rest_api.this.id
  type                             = "TOKEN"
  identity_source                  = "method.request.header.Authorization"
  identity_validation_expression   = "^[Bb]earer ofk_[0-9A-HJKMNP-TV-Z]{26}_[0-9a-f]{64}$"
  authorizer_uri                   = var.functions[local.client_authorizer].invoke_arn
  authorizer_result_ttl_in_seconds = var.authorizer_ttl_seconds
}

# The checkout protocol has an error of its own for who shows no valid key, and an answer of the gateway is one for all
# routes. So the checkout's routes ask about every request, also about one without a key: no identity source, and so no
# memory. Who is refused comes to the function as nobody, and it says 401 in the protocol's words.
resource "aws_api_gateway_authorizer" "agents" {
  name                             = "${var.name_prefix}-agents"
  rest_api_id                      = aws_api_gateway_rest_api.this.id
  type                             = "REQUEST"
  identity_source                  = ""
  authorizer_uri                   = var.functions[local.client_authorizer].invoke_arn
  authorizer_result_ttl_in_seconds = 0
}

resource "aws_lambda_permission" "agents_authorizer" {
  statement_id  = "ApiAsksWhoTheAgentIs"
  action        = "lambda:InvokeFunction"
  function_name = var.functions[local.client_authorizer].function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/authorizers/${aws_api_gateway_authorizer.agents.id}"
}

resource "aws_lambda_permission" "client_authorizer" {
  statement_id  = "ApiAsksWhoTheClientIs"
  action        = "lambda:InvokeFunction"
  function_name = var.functions[local.client_authorizer].function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/authorizers/${aws_api_gateway_authorizer.client.id}"
}
