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
      toset(setsubtract(keys(jsondecode(replace(response.response_templates["application/json"], "$context.error.messageString", "\"\""))), ["details"])) == toset(["type", "code", "message", "requestId"])
      && response.response_parameters["gatewayresponse.header.Access-Control-Allow-Origin"] == "'https://shop.example.com'"
      && response.response_parameters["gatewayresponse.header.X-Request-Id"] == "context.requestId"
    ])
    error_message = "A gateway response is not {type, code, message, requestId, details?} or cannot be read by the shop's page."
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
    condition     = aws_api_gateway_gateway_response.this["UNAUTHORIZED"].response_parameters["gatewayresponse.header.Access-Control-Expose-Headers"] == "'Deprecation,Request-Id,Retry-After,Sunset,X-Correlation-Id,X-Request-Id'"
    error_message = "A page cannot read the headers that the document names."
  }
  assert {
    condition     = strcontains(aws_api_gateway_gateway_response.this["BAD_REQUEST_BODY"].response_templates["application/json"], "\"issue\":\"$context.error.validationErrorString\"")
    error_message = "A refused body does not say what is wrong with it."
  }
}

run "any_origin_beside_a_named_one_is_refused" {
  command = plan

  variables {
    cors_allow_origins = ["*", "https://shop.example.com"]
  }

  expect_failures = [var.cors_allow_origins]
}
