# Offline: the provider is mocked, the OpenAPI document is the real one.
mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  name_prefix  = "orderflow-test"
  stage_name   = "test"
  openapi_file = "./openapi.yaml"
  functions = {
    for key in [
      "check_health", "register_customer", "login_customer", "authenticate_customer", "list_products", "get_product",
      "create_product", "update_product", "delete_product", "adjust_stock", "create_upload_url", "place_order", "list_orders", "get_order", "cancel_order",
      "review_order", "ship_order", "deliver_order", "return_order", "refund_order", "pay_order", "get_payment", "receive_stripe_event", "get_analytics",
      "create_user", "get_user", "list_users", "update_user", "delete_user", "confirm_email_change",
      "give_feedback", "list_feedback", "update_feedback", "delete_feedback",
      "authorize_client", "create_client_key", "get_client_key", "get_current_client_key", "get_stock", "list_client_keys", "revoke_client_key", "rotate_client_key",
      "create_picture_upload", "list_audit_entries",
      ] : key => {
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
      "POST /orders", "GET /orders", "GET /orders/{orderId}", "DELETE /orders/{orderId}", "POST /orders/{orderId}/cancel",
      "POST /orders/{orderId}/review", "POST /orders/{orderId}/shipments", "POST /orders/{orderId}/deliveries",
      "POST /orders/{orderId}/returns", "POST /orders/{orderId}/refunds",
      "POST /pay", "GET /payments/{paymentId}", "POST /webhooks/stripe", "GET /analytics",
      "POST /users", "GET /users", "GET /users/{userId}", "PUT /users/{userId}", "DELETE /users/{userId}", "POST /users/{userId}/email-verification",
      "POST /feedback", "GET /feedback", "PUT /feedback/{feedbackId}", "DELETE /feedback/{feedbackId}",
      "GET /products/{productId}/stock", "GET /client-keys", "POST /client-keys", "GET /client-keys/current",
      "GET /client-keys/{keyId}", "DELETE /client-keys/{keyId}", "POST /client-keys/{keyId}/rotate",
      "PUT /users/{userId}/picture", "GET /users/{userId}/audit",
    ])
    error_message = "The methods are not the operations of the document."
  }
  assert {
    condition = alltrue([
      for key, function in {
        "POST /orders"                     = "place_order", "GET /orders/{orderId}" = "get_order", "GET /products/upload" = "create_upload_url",
        "POST /products/{productId}/stock" = "adjust_stock", "POST /auth" = "authenticate_customer",
        "POST /orders/{orderId}/cancel"    = "cancel_order", "DELETE /orders/{orderId}" = "cancel_order",
        "POST /orders/{orderId}/review"    = "review_order", "POST /orders/{orderId}/refunds" = "refund_order",
        "POST /pay"                        = "pay_order", "GET /payments/{paymentId}" = "get_payment",
        "POST /feedback"                   = "give_feedback", "DELETE /feedback/{feedbackId}" = "delete_feedback",
      } : endswith(aws_api_gateway_integration.function[key].uri, ":${function}/invocations")
    ])
    error_message = "An operation leads to another function than x-orderflow-function names."
  }
  assert {
    condition     = alltrue([for key, integration in aws_api_gateway_integration.function : integration.type == "AWS_PROXY" && integration.timeout_milliseconds == (contains(["POST /pay", "POST /orders/{orderId}/refunds"], key) ? 29000 : 15000)])
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
    ])
    error_message = "The routes for machines are not exactly those whose security names clientKey."
  }
  assert {
    condition = { for kind in ["NONE", "COGNITO_USER_POOLS", "CUSTOM"] : kind => join(" ", distinct([for method in aws_api_gateway_method.operation : coalesce(method.authorizer_id, "nobody") if method.authorization == kind])) } == {
      NONE               = "nobody"
      COGNITO_USER_POOLS = "customers"
      CUSTOM             = "clients"
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

run "required_parameters_and_bodies_are_validated_at_the_edge" {
  command = plan

  assert {
    condition = aws_api_gateway_method.operation["GET /products/upload"].request_parameters == tomap({
      "method.request.header.X-Correlation-Id" = false, "method.request.querystring.filename" = true,
      "method.request.querystring.contentType" = true, "method.request.querystring.productId" = false,
    })
    error_message = "Query parameters of the document do not arrive as request parameters."
  }
  assert {
    condition     = aws_api_gateway_method.operation["POST /products/{productId}/stock"].request_parameters["method.request.path.productId"] == true
    error_message = "Parameters that a path shares between its methods are lost."
  }
  assert {
    condition     = aws_api_gateway_method.operation["POST /orders"].request_models == tomap({ "application/json" = "PlaceOrderRequest" })
    error_message = "POST /orders has no body model."
  }
}

run "bodies_are_refused_at_the_edge" {
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
    condition     = aws_api_gateway_method.operation["POST /orders"].request_validator_id == "both" && aws_api_gateway_method.operation["GET /orders"].request_validator_id == "parameters"
    error_message = "A body reaches the function unvalidated."
  }
  assert {
    condition     = aws_api_gateway_request_validator.parameters_and_body.validate_request_body && aws_api_gateway_request_validator.parameters.validate_request_parameters
    error_message = "A validator does not validate what its name says."
  }
}

run "where_the_edge_cannot_name_the_field_the_function_validates_bodies" {
  command = plan

  variables {
    validate_bodies_at_edge = false
  }

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
    condition     = aws_api_gateway_method.operation["POST /orders"].request_validator_id == "parameters" && aws_api_gateway_method.operation["GET /orders"].request_validator_id == "parameters"
    error_message = "The edge refuses a body without naming the field."
  }
  assert {
    condition     = aws_api_gateway_request_validator.parameters_and_body.validate_request_body && aws_api_gateway_request_validator.parameters.validate_request_parameters
    error_message = "A validator does not validate what its name says."
  }
}

run "a_model_is_a_self_contained_draft_4_schema" {
  command = plan

  assert {
    condition = toset(keys(aws_api_gateway_model.body)) == toset([
      "RegisterCustomerRequest", "LoginCustomerRequest", "AuthenticateCustomerRequest", "CreateProductRequest",
      "UpdateProductRequest", "AdjustStockRequest", "PlaceOrderRequest", "PayOrderRequest", "ReviewOrderRequest",
      "ShipOrderRequest", "DeliverOrderRequest", "ReturnOrderRequest", "RefundOrderRequest",
      "CreateUserRequest", "UpdateUserRequest", "ConfirmEmailChangeRequest", "CreatePictureUploadRequest",
      "GiveFeedbackRequest", "UpdateFeedbackRequest",
      "CreateClientKeyRequest", "RotateClientKeyRequest",
    ])
    error_message = "The models are not the body schemas of the operations."
  }
  assert {
    condition = toset(keys(jsondecode(aws_api_gateway_model.body["PlaceOrderRequest"].schema).definitions)) == toset([
      "Address", "NewOrderLine", "PaymentMethod", "ProductId", "UserId",
    ])
    error_message = "A model carries exactly the schemas it reaches."
  }
  assert {
    condition = alltrue([
      for model in aws_api_gateway_model.body :
      !strcontains(model.schema, "#/components/") && jsondecode(model.schema)["$schema"] == "http://json-schema.org/draft-04/schema#"
    ])
    error_message = "A model refers to the OpenAPI document, which API Gateway does not know."
  }
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

run "every_resource_answers_a_preflight_with_its_own_methods" {
  command = plan

  assert {
    condition     = length(setsubtract(keys(yamldecode(file("./openapi.yaml")).paths), keys(aws_api_gateway_integration_response.preflight))) == 0
    error_message = "A route answers no OPTIONS."
  }
  assert {
    condition = (
      aws_api_gateway_integration_response.preflight["/products/{productId}"].response_parameters["method.response.header.Access-Control-Allow-Methods"] == "'DELETE,GET,PUT,OPTIONS'"
      && aws_api_gateway_integration_response.preflight["/orders"].response_parameters["method.response.header.Access-Control-Allow-Origin"] == "'https://shop.example.com'"
      && strcontains(aws_api_gateway_integration_response.preflight["/orders"].response_parameters["method.response.header.Access-Control-Allow-Headers"], "Idempotency-Key")
    )
    error_message = "A preflight names other methods, origins or headers than the route takes."
  }
  assert {
    condition     = aws_api_gateway_integration_response.preflight["/health"].response_parameters["method.response.header.Access-Control-Allow-Headers"] == "'Authorization,Content-Type,Idempotency-Key,X-Correlation-Id'"
    error_message = "A preflight takes other headers than the document names for pages; those of machines, such as Stripe-Signature, are not for them."
  }
  assert {
    condition = alltrue(flatten([
      for preflight in aws_api_gateway_integration_response.preflight : [
        for header, value in yamldecode(file("./openapi.yaml"))["x-orderflow-answer-headers"] :
        preflight.response_parameters["method.response.header.${header}"] == "'${value}'"
      ]
    ]))
    error_message = "A preflight lacks a header that every answer carries."
  }
  assert {
    condition = alltrue([
      for path, preflight in aws_api_gateway_integration_response.preflight :
      keys(preflight.response_parameters) == keys(aws_api_gateway_method_response.preflight[path].response_parameters)
    ])
    error_message = "API Gateway drops the headers that a method response does not declare."
  }
}

run "with_several_origins_a_preflight_names_the_asking_one_and_no_other" {
  command = plan

  variables {
    cors_allow_origins = ["https://a.example.com", "https://b.example.com"]
  }

  assert {
    condition     = strcontains(aws_api_gateway_integration_response.preflight["/orders"].response_templates["application/json"], "$origin == \"https://a.example.com\" || $origin == \"https://b.example.com\"")
    error_message = "The asking origin is not compared with the allowed ones."
  }
  assert {
    condition     = aws_api_gateway_integration_response.preflight["/orders"].response_parameters["method.response.header.Access-Control-Allow-Origin"] == "'https://a.example.com'"
    error_message = "An unknown origin must not be echoed."
  }
}

run "every_answer_of_the_gateway_itself_has_the_error_shape" {
  command = plan

  assert {
    condition = alltrue([
      for type, response in aws_api_gateway_gateway_response.this :
      toset(setsubtract(keys(jsondecode(replace(response.response_templates["application/json"], "$context.error.messageString", "\"\""))), ["details"])) == toset(["code", "message", "requestId"])
      && response.response_parameters["gatewayresponse.header.Access-Control-Allow-Origin"] == "'https://shop.example.com'"
      && response.response_parameters["gatewayresponse.header.X-Request-Id"] == "context.requestId"
    ])
    error_message = "A gateway response is not {code, message, requestId, details?} or cannot be read by the shop's page."
  }
  assert {
    condition = tomap({ for type, response in aws_api_gateway_gateway_response.this : type => response.status_code if response.status_code != null }) == tomap({
      ACCESS_DENIED          = "401", API_CONFIGURATION_ERROR = "500", AUTHORIZER_CONFIGURATION_ERROR = "500", AUTHORIZER_FAILURE = "500",
      BAD_REQUEST_BODY       = "400", BAD_REQUEST_PARAMETERS = "400", EXPIRED_TOKEN = "401", INTEGRATION_FAILURE = "502", INTEGRATION_TIMEOUT = "504",
      INVALID_API_KEY        = "403", INVALID_SIGNATURE = "401", MISSING_AUTHENTICATION_TOKEN = "404", QUOTA_EXCEEDED = "429", REQUEST_TOO_LARGE = "413",
      RESOURCE_NOT_FOUND     = "404", THROTTLED = "429", UNAUTHORIZED = "401",
      UNSUPPORTED_MEDIA_TYPE = "415", WAF_FILTERED = "403",
    })
    error_message = "A gateway response has another status than the contract says."
  }
  assert {
    condition     = contains(keys(aws_api_gateway_gateway_response.this), "DEFAULT_4XX") && contains(keys(aws_api_gateway_gateway_response.this), "DEFAULT_5XX")
    error_message = "Without the defaults, unforeseen refusals come in API Gateway's own shape."
  }
  assert {
    condition     = aws_api_gateway_gateway_response.this["THROTTLED"].response_parameters["gatewayresponse.header.Retry-After"] == "'1'"
    error_message = "A throttled caller is not told how long to wait."
  }
  assert {
    condition = alltrue([
      for response in aws_api_gateway_gateway_response.this :
      response.status_code != "429" || can(tonumber(trim(response.response_parameters["gatewayresponse.header.Retry-After"], "'")))
    ])
    error_message = "A 429 does not say how long to wait."
  }
  assert {
    condition = alltrue(flatten([
      for response in aws_api_gateway_gateway_response.this : [
        for header, value in yamldecode(file("./openapi.yaml"))["x-orderflow-answer-headers"] :
        response.response_parameters["gatewayresponse.header.${header}"] == "'${value}'"
      ]
    ]))
    error_message = "An answer of the gateway itself lacks a header that every answer carries."
  }
  assert {
    condition     = aws_api_gateway_gateway_response.this["UNAUTHORIZED"].response_parameters["gatewayresponse.header.Access-Control-Expose-Headers"] == "'Deprecation,Retry-After,Sunset,X-Correlation-Id,X-Request-Id'"
    error_message = "A page cannot read the headers that the document names."
  }
  assert {
    condition     = strcontains(aws_api_gateway_gateway_response.this["BAD_REQUEST_BODY"].response_templates["application/json"], "\"issue\":\"$context.error.validationErrorString\"")
    error_message = "A refused body does not say what is wrong with it."
  }
}

run "the_stage_is_throttled_and_logs_no_body_token_or_address" {
  command = plan

  assert {
    condition = (
      aws_api_gateway_method_settings.all.settings[0].throttling_rate_limit == 200
      && aws_api_gateway_method_settings.all.settings[0].throttling_burst_limit == 400
      && aws_api_gateway_method_settings.all.settings[0].logging_level == "ERROR"
      && !aws_api_gateway_method_settings.all.settings[0].data_trace_enabled
    )
    error_message = "The stage is not throttled, not logged, or logs whole bodies."
  }
  assert {
    condition     = !can(regex("(?i)body|header|sourceIp|userAgent|email|requestOverride|authorizer\\.claims\\.[^s]", aws_api_gateway_stage.this.access_log_settings[0].format))
    error_message = "The access log holds something secret or personal."
  }
  assert {
    condition     = aws_cloudwatch_log_group.access.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.access.retention_in_days == 30
    error_message = "The access log is not encrypted or kept for another time."
  }
}

run "signing_in_and_ordering_are_throttled_tighter_than_the_stage" {
  command = plan

  variables {
    throttling_rate_limit = 50
  }

  assert {
    condition = { for key, tighter in aws_api_gateway_method_settings.tighter : key => [tighter.method_path, tighter.settings[0].throttling_rate_limit, tighter.settings[0].throttling_burst_limit] } == {
      "POST /register" = ["register/POST", 20, 40], "POST /login" = ["login/POST", 20, 40], "POST /auth" = ["auth/POST", 20, 40],
      "POST /orders"   = ["orders/POST", 50, 200], "POST /pay" = ["pay/POST", 50, 200],
    }
    error_message = "A kind of operation has other limits than its own, cut at the stage's."
  }
  assert {
    condition     = alltrue([for tighter in aws_api_gateway_method_settings.tighter : tighter.settings[0].logging_level == "ERROR" && tighter.settings[0].metrics_enabled && !tighter.settings[0].data_trace_enabled])
    error_message = "A method's settings replace the stage's: it must log and measure as all others, and never bodies."
  }
}

run "limits_of_an_unknown_kind_are_refused" {
  command = plan

  variables {
    method_throttling = { sign-in = { rate_limit = 1, burst_limit = 1 }, bulk = { rate_limit = 1, burst_limit = 1 } }
  }

  expect_failures = [var.method_throttling]
}

run "alarms_and_the_account_role_can_be_left_out" {
  command = plan

  variables {
    alarms_enabled              = false
    alarm_topic_arn             = ""
    manage_account_logging_role = false
  }

  assert {
    condition = (
      length(aws_cloudwatch_metric_alarm.server_errors) + length(aws_cloudwatch_metric_alarm.latency) == 0
      && length(aws_api_gateway_account.this) + length(aws_iam_role.logging) + length(aws_iam_role_policy.logging) == 0
    )
    error_message = "Something is made that was switched off."
  }
}

run "alarms_tell_the_topic_and_name_their_runbook" {
  command = plan

  assert {
    condition = alltrue([
      for alarm in [aws_cloudwatch_metric_alarm.server_errors[0], aws_cloudwatch_metric_alarm.latency[0]] :
      alarm.alarm_actions == toset([var.alarm_topic_arn]) && strcontains(alarm.alarm_description, "docs/runbooks/") && alarm.dimensions["Stage"] == "test"
    ])
    error_message = "An alarm tells nobody, names no runbook or watches another stage."
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

run "an_alarm_without_a_topic_is_refused" {
  command = plan

  variables {
    alarm_topic_arn = ""
  }

  expect_failures = [var.alarms_enabled]
}

run "any_origin_beside_a_named_one_is_refused" {
  command = plan

  variables {
    cors_allow_origins = ["*", "https://shop.example.com"]
  }

  expect_failures = [var.cors_allow_origins]
}
