# Offline: the provider is mocked, the OpenAPI document is the real one.
mock_provider "aws" {
  source = "../../tests/terraform/mocks"
}

variables {
  name_prefix  = "orderflow-test"
  stage_name   = "test"
  openapi_file = "./openapi.yaml"
  functions = {
    for key in concat(["authorize_client"], distinct(flatten([for path in values(yamldecode(file("./openapi.yaml")).paths) : [for operation in values(path) : try([operation["x-orderflow-function"]], [])]]))) : key => {
      function_name = "orderflow-test-${replace(key, "_", "-")}"
      invoke_arn    = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:123456789012:function:${key}/invocations"
    }
  }
  user_pool_arn      = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_abc"
  cors_allow_origins = ["https://shop.example.com"]
  log_retention_days = 30
  kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  alarm_topic_arn    = "arn:aws:sns:eu-central-1:123456789012:alarms"
}

run "every_operation_of_the_document_becomes_a_method_with_its_function" {
  command = plan

  assert {
    condition = toset(keys(aws_api_gateway_method.operation)) == toset([
      "GET /health", "POST /register", "POST /login", "POST /auth", "GET /products", "POST /products", "GET /products/upload",
      "GET /products/{productId}", "PUT /products/{productId}", "DELETE /products/{productId}", "POST /products/{productId}/stock",
      "POST /orders", "GET /orders", "GET /orders/{orderId}", "PUT /orders/{orderId}", "DELETE /orders/{orderId}", "POST /orders/{orderId}/cancel",
      "POST /orders/{orderId}/review", "POST /orders/{orderId}/shipments", "POST /orders/{orderId}/deliveries",
      "POST /orders/{orderId}/returns", "POST /orders/{orderId}/refunds",
      "POST /pay", "GET /payments/{paymentId}", "POST /webhooks/stripe", "GET /analytics",
      "POST /users", "GET /users", "GET /users/{userId}", "PUT /users/{userId}", "DELETE /users/{userId}", "POST /users/{userId}/email-verification",
      "POST /feedback", "GET /feedback", "PUT /feedback/{feedbackId}", "DELETE /feedback/{feedbackId}",
      "GET /products/{productId}/stock", "GET /client-keys", "POST /client-keys", "GET /client-keys/current",
      "GET /client-keys/{keyId}", "DELETE /client-keys/{keyId}", "POST /client-keys/{keyId}/rotate",
      "GET /webhook_endpoints", "POST /webhook_endpoints", "GET /webhook_endpoints/{endpointId}", "PUT /webhook_endpoints/{endpointId}",
      "DELETE /webhook_endpoints/{endpointId}", "POST /webhook_endpoints/{endpointId}/rotate",
      "PUT /users/{userId}/picture", "GET /users/{userId}/audit",
      "POST /checkout_sessions", "GET /checkout_sessions/{checkoutSessionId}", "POST /checkout_sessions/{checkoutSessionId}",
      "POST /checkout_sessions/{checkoutSessionId}/cancel", "POST /checkout_sessions/{checkoutSessionId}/complete", "GET /.well-known/acp.json", "POST /agentic_commerce/delegate_payment",
      "POST /mcp",
    ])
    error_message = "The methods are not the operations of the document."
  }
  assert {
    condition = alltrue([
      for key, function in {
        "POST /orders"                     = "place_order", "GET /orders/{orderId}" = "get_order", "GET /products/upload" = "create_upload_url",
        "POST /products/{productId}/stock" = "adjust_stock", "POST /auth" = "authenticate_customer",
        "POST /orders/{orderId}/cancel"    = "cancel_order", "DELETE /orders/{orderId}" = "cancel_order",
        "PUT /orders/{orderId}"            = "update_order",
        "POST /orders/{orderId}/review"    = "review_order", "POST /orders/{orderId}/refunds" = "refund_order",
        "POST /pay"                        = "pay_order", "GET /payments/{paymentId}" = "get_payment",
        "POST /feedback"                   = "give_feedback", "DELETE /feedback/{feedbackId}" = "delete_feedback",
      } : endswith(aws_api_gateway_integration.function[key].uri, ":${function}/invocations")
    ])
    error_message = "An operation leads to another function than x-orderflow-function names."
  }
  assert {
    condition     = alltrue([for key, integration in aws_api_gateway_integration.function : integration.type == "AWS_PROXY" && integration.timeout_milliseconds == (contains(["POST /pay", "POST /orders/{orderId}/refunds", "POST /checkout_sessions/{checkoutSessionId}/complete", "POST /mcp"], key) ? 29000 : 15000)])
    error_message = "Every function is invoked as AWS_PROXY and bounded in time."
  }
}

run "a_signed_body_reaches_its_function_unread" {
  command = plan

  override_resource {
    target          = aws_api_gateway_request_validator.parameters
    override_during = plan
    values          = { id = "parameters" }
  }
  override_resource {
    target          = aws_api_gateway_request_validator.parameters_and_body
    override_during = plan
    values          = { id = "both" }
  }

  assert {
    condition     = length(aws_api_gateway_method.operation["POST /webhooks/stripe"].request_models) == 0 && aws_api_gateway_method.operation["POST /webhooks/stripe"].request_validator_id == "parameters"
    error_message = "No model may stand between Stripe's signature and the function that checks it."
  }
  assert {
    condition     = aws_api_gateway_method.operation["POST /webhooks/stripe"].request_parameters["method.request.header.Stripe-Signature"]
    error_message = "A body without a signature must not reach the function."
  }
}

run "only_the_routes_that_say_so_are_open" {
  command = plan

  assert {
    condition = toset([for key, method in aws_api_gateway_method.operation : key if method.authorization == "NONE"]) == toset([
      "GET /health", "POST /register", "POST /login", "POST /auth", "GET /products", "GET /products/{productId}", "POST /webhooks/stripe",
      "GET /.well-known/acp.json",
    ])
    error_message = "The open routes are not exactly those with `security: []` in the document."
  }
  assert {
    condition     = alltrue([for method in aws_api_gateway_method.operation : contains(["NONE", "COGNITO_USER_POOLS", "CUSTOM"], method.authorization)])
    error_message = "Every other route needs an authorizer."
  }
  assert {
    condition = (
      aws_api_gateway_authorizer.cognito.identity_source == "method.request.header.Authorization"
      && aws_api_gateway_authorizer.cognito.provider_arns == toset([var.user_pool_arn])
    )
    error_message = "The authorizer reads the id token of our user pool from Authorization."
  }
}

run "only_the_routes_for_machines_take_client_keys_and_they_take_nothing_else" {
  command = plan

  override_resource {
    target          = aws_api_gateway_rest_api.this
    override_during = plan
    values          = { id = "abc", execution_arn = "arn:aws:execute-api:eu-central-1:123456789012:abc", root_resource_id = "root" }
  }
  override_resource {
    target          = aws_api_gateway_authorizer.agents
    override_during = plan
    values          = { id = "agents" }
  }
  override_resource {
    target          = aws_api_gateway_authorizer.client
    override_during = plan
    values          = { id = "clients" }
  }
  override_resource {
    target          = aws_api_gateway_authorizer.cognito
    override_during = plan
    values          = { id = "customers" }
  }

  assert {
    condition = toset([for key, method in aws_api_gateway_method.operation : key if method.authorization == "CUSTOM"]) == toset([
      "GET /products/{productId}/stock", "GET /client-keys/current",
      "POST /checkout_sessions", "GET /checkout_sessions/{checkoutSessionId}", "POST /checkout_sessions/{checkoutSessionId}",
      "POST /checkout_sessions/{checkoutSessionId}/cancel", "POST /checkout_sessions/{checkoutSessionId}/complete", "POST /agentic_commerce/delegate_payment", "POST /mcp",
    ])
    error_message = "The routes for machines are not exactly those whose security names clientKey."
  }
  assert {
    condition = { for kind in ["NONE", "COGNITO_USER_POOLS", "CUSTOM"] : kind => join(" ", sort(distinct([for method in aws_api_gateway_method.operation : coalesce(method.authorizer_id, "nobody") if method.authorization == kind]))) } == {
      NONE               = "nobody"
      COGNITO_USER_POOLS = "customers"
      CUSTOM             = "agents clients"
    }
    error_message = "A route is guarded by the other kind of authorizer."
  }
  assert {
    condition = (
      aws_api_gateway_authorizer.client.type == "TOKEN"
      && aws_api_gateway_authorizer.client.identity_source == "method.request.header.Authorization"
      && endswith(aws_api_gateway_authorizer.client.authorizer_uri, ":authorize_client/invocations")
      && aws_api_gateway_authorizer.client.authorizer_result_ttl_in_seconds == 300
    )
    error_message = "The authorizer of client keys asks another function, reads another header or keeps answers for another time."
  }
  assert {
    condition = (
      aws_lambda_permission.client_authorizer.source_arn == "arn:aws:execute-api:eu-central-1:123456789012:abc/authorizers/clients"
      && aws_lambda_permission.client_authorizer.function_name == "orderflow-test-authorize-client"
      && aws_lambda_permission.client_authorizer.action == "lambda:InvokeFunction"
      && aws_lambda_permission.client_authorizer.principal == "apigateway.amazonaws.com"
    )
    error_message = "The authorizer's function admits more than this API's question who a client is."
  }
}

run "answers_about_keys_can_be_asked_for_each_time" {
  command = plan

  variables {
    authorizer_ttl_seconds = 0
  }

  assert {
    condition     = aws_api_gateway_authorizer.client.authorizer_result_ttl_in_seconds == 0
    error_message = "The time that answers are kept must be the environment's."
  }
}

run "answers_about_keys_are_kept_for_an_hour_at_most" {
  command = plan

  variables {
    authorizer_ttl_seconds = 3601
  }

  expect_failures = [var.authorizer_ttl_seconds]
}

run "a_function_admits_only_its_own_method_and_path_of_this_stage" {
  command = plan

  override_resource {
    target          = aws_api_gateway_rest_api.this
    override_during = plan
    values          = { id = "abc", execution_arn = "arn:aws:execute-api:eu-central-1:123456789012:abc", root_resource_id = "root" }
  }

  assert {
    condition     = aws_lambda_permission.operation["POST /products/{productId}/stock"].source_arn == "arn:aws:execute-api:eu-central-1:123456789012:abc/test/POST/products/*/stock"
    error_message = "The permission of adjust_stock admits another method or path."
  }
  assert {
    condition     = length(distinct([for permission in aws_lambda_permission.operation : permission.statement_id])) == length(aws_lambda_permission.operation)
    error_message = "Two permissions share one statement id; on one function they would replace each other."
  }
  assert {
    condition     = aws_cloudwatch_log_group.execution.name == "API-Gateway-Execution-Logs_abc/test" && aws_cloudwatch_log_group.execution.kms_key_id == var.kms_key_arn
    error_message = "The execution log that API Gateway writes to is not the encrypted one."
  }
}

run "on_the_emulator_the_endpoint_is_its_path" {
  command = plan

  variables {
    local_endpoint = "http://localhost:4566"
  }

  override_resource {
    target          = aws_api_gateway_rest_api.this
    override_during = plan
    values          = { id = "abc", execution_arn = "arn:aws:execute-api:eu-central-1:123456789012:abc", root_resource_id = "root" }
  }

  assert {
    condition     = output.api_endpoint == "http://localhost:4566/restapis/abc/test/_user_request_"
    error_message = "The local endpoint is not the one that the emulator serves."
  }
}

run "a_function_that_the_document_names_and_nobody_passes_fails_the_plan" {
  command = plan

  variables {
    functions = { check_health = { function_name = "health", invoke_arn = "arn:aws:apigateway:eu-central-1:lambda:path/x" } }
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}

run "a_path_deeper_than_the_module_builds_fails_the_plan" {
  command = plan

  variables {
    openapi_file = "./tests/too_deep.yaml"
  }

  expect_failures = [aws_api_gateway_rest_api.this]
}

run "the_checkouts_routes_and_no_others_ask_about_every_request_and_keep_no_answer" {
  command = plan

  override_resource {
    target          = aws_api_gateway_rest_api.this
    override_during = plan
    values          = { id = "abc", execution_arn = "arn:aws:execute-api:eu-central-1:123456789012:abc", root_resource_id = "root" }
  }
  override_resource {
    target          = aws_api_gateway_authorizer.agents
    override_during = plan
    values          = { id = "agents" }
  }
  override_resource {
    target          = aws_api_gateway_authorizer.client
    override_during = plan
    values          = { id = "clients" }
  }
  override_resource {
    target          = aws_api_gateway_authorizer.cognito
    override_during = plan
    values          = { id = "customers" }
  }

  assert {
    condition = toset([for key, method in aws_api_gateway_method.operation : key if method.authorizer_id == "agents"]) == toset([
      "POST /checkout_sessions", "GET /checkout_sessions/{checkoutSessionId}", "POST /checkout_sessions/{checkoutSessionId}",
      "POST /checkout_sessions/{checkoutSessionId}/cancel", "POST /checkout_sessions/{checkoutSessionId}/complete", "POST /agentic_commerce/delegate_payment", "POST /mcp",
    ])
    error_message = "Only functions that refuse in the protocol's words may be asked by nobody."
  }
  assert {
    condition     = aws_api_gateway_authorizer.agents.type == "REQUEST" && aws_api_gateway_authorizer.agents.authorizer_result_ttl_in_seconds == 0
    error_message = "An answer about a request without a key must never be kept for another one."
  }
  assert {
    condition = (
      endswith(aws_api_gateway_authorizer.agents.authorizer_uri, ":authorize_client/invocations")
      && aws_lambda_permission.agents_authorizer.source_arn == "arn:aws:execute-api:eu-central-1:123456789012:abc/authorizers/agents"
      && aws_lambda_permission.agents_authorizer.function_name == "orderflow-test-authorize-client"
      && aws_lambda_permission.agents_authorizer.action == "lambda:InvokeFunction"
      && aws_lambda_permission.agents_authorizer.principal == "apigateway.amazonaws.com"
    )
    error_message = "Agents are asked about elsewhere, or the function admits more than that question."
  }
}

run "an_optional_operation_is_there_where_its_function_is" {
  command = plan

  variables {
    functions = {
      for key in concat(["authorize_client"], distinct(flatten([for path in values(yamldecode(file("./openapi.yaml")).paths) : [for operation in values(path) : try([operation["x-orderflow-function"]], [])]]))) : key => {
        function_name = "orderflow-test-${replace(key, "_", "-")}"
        invoke_arn    = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:123456789012:function:${key}/invocations"
      } if key != "delegate_payment"
    }
  }

  assert {
    condition     = !anytrue([for key in keys(aws_api_gateway_method.operation) : strcontains(key, "/agentic_commerce")])
    error_message = "An operation without its function must not be there."
  }
  assert {
    condition     = !anytrue([for node in concat(keys(local.resource_ids), keys(aws_api_gateway_method.preflight)) : strcontains(node, "/agentic_commerce")])
    error_message = "Nothing of its path must be left either."
  }
}

run "a_stream_or_a_session_of_assistants_is_refused_by_name_and_not_as_no_route" {
  command = plan

  assert {
    condition     = keys(aws_api_gateway_method.refused) == ["DELETE /mcp", "GET /mcp"]
    error_message = "The methods that are refused are not those that the document names."
  }
  assert {
    condition = alltrue([
      for key, integration in aws_api_gateway_integration.refused :
      integration.type == "MOCK" && integration.request_templates["application/json"] == "{\"statusCode\":405}"
    ]) && alltrue([for key, answer in aws_api_gateway_integration_response.refused : answer.status_code == "405"])
    error_message = "A refused method must be answered 405, by no function."
  }
  assert {
    condition     = alltrue([for key, answer in aws_api_gateway_integration_response.refused : answer.response_parameters["method.response.header.Allow"] == "'POST'"])
    error_message = "A refusal must say which methods there are."
  }
}
