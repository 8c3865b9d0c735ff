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
      "CreateUserRequest", "UpdateUserRequest", "UpdateOrderRequest", "ConfirmEmailChangeRequest", "CreatePictureUploadRequest",
      "GiveFeedbackRequest", "UpdateFeedbackRequest",
      "CreateClientKeyRequest", "RotateClientKeyRequest",
      "CreateWebhookEndpointRequest", "UpdateWebhookEndpointRequest", "RotateWebhookSecretRequest",
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
