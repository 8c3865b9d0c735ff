# What API Gateway answers by itself, in the error shape and with the codes that the functions use; the type is there for
# the checkout's routes, whose protocol wants one.
locals {
  gateway_responses = {
    # Only the authorizer of client keys denies, and only keys that are not valid; what a valid one may do, functions decide.
    ACCESS_DENIED                  = { status = "401", code = "NOT_AUTHENTICATED", message = "The client key is unknown, wrong, replaced, expired or revoked; ask an administrator for a valid one." }
    API_CONFIGURATION_ERROR        = { status = "500", code = "INTERNAL_ERROR", message = local.our_fault }
    AUTHORIZER_CONFIGURATION_ERROR = { status = "500", code = "INTERNAL_ERROR", message = local.our_fault }
    AUTHORIZER_FAILURE             = { status = "500", code = "INTERNAL_ERROR", message = local.our_fault }
    BAD_REQUEST_BODY               = { status = "400", code = "INVALID_REQUEST", message = "The body does not fit the contract; details says where." }
    BAD_REQUEST_PARAMETERS         = { status = "400", code = "INVALID_REQUEST", message = "A required parameter is missing or malformed; details says which." }
    # Without a status these two keep the one that API Gateway would have sent.
    DEFAULT_4XX                  = { status = null, code = "REQUEST_REFUSED", message = "The API refused the request; check its path, method and headers." }
    DEFAULT_5XX                  = { status = null, code = "INTERNAL_ERROR", message = local.our_fault }
    EXPIRED_TOKEN                = { status = "401", code = "NOT_AUTHENTICATED", message = "The token has expired; get another with POST /auth and action refresh." }
    INTEGRATION_FAILURE          = { status = "502", code = "INTERNAL_ERROR", message = local.our_fault }
    INTEGRATION_TIMEOUT          = { status = "504", code = "TIMEOUT", message = "No answer in time; what became of the request is unknown. Repeat a POST only with the same Idempotency-Key." }
    INVALID_API_KEY              = { status = "403", code = "FORBIDDEN", message = "The API key is not valid for this operation." }
    INVALID_SIGNATURE            = { status = "401", code = "NOT_AUTHENTICATED", message = local.no_identity }
    MISSING_AUTHENTICATION_TOKEN = { status = "404", code = "NOT_FOUND", message = "This API has no such route or method; its OpenAPI document lists them." }
    QUOTA_EXCEEDED               = { status = "429", code = "TOO_MANY_REQUESTS", message = "The quota is used up; wait until it is renewed." }
    REQUEST_TOO_LARGE            = { status = "413", code = "REQUEST_TOO_LARGE", message = "The request is larger than the API takes." }
    RESOURCE_NOT_FOUND           = { status = "404", code = "NOT_FOUND", message = "This API has no such route; its OpenAPI document lists them." }
    THROTTLED                    = { status = "429", code = "TOO_MANY_REQUESTS", message = "Too many requests; wait as long as Retry-After says." }
    UNAUTHORIZED                 = { status = "401", code = "NOT_AUTHENTICATED", message = local.no_identity }
    UNSUPPORTED_MEDIA_TYPE       = { status = "415", code = "UNSUPPORTED_MEDIA_TYPE", message = "The body must be sent with Content-Type: application/json." }
    WAF_FILTERED                 = { status = "403", code = "FORBIDDEN", message = "The request was filtered out." }
  }

  our_fault   = "Something failed on our side; try again, and quote the requestId if it goes on failing."
  no_identity = "This operation needs an Authorization header with an id token from POST /login, or with a client key where the contract says so."

  # Texts with quotes of their own: validationErrorString has them escaped, messageString brings its own quotes.
  gateway_details = {
    BAD_REQUEST_BODY       = ",\"details\":[{\"field\":\"body\",\"issue\":\"$context.error.validationErrorString\"}]"
    BAD_REQUEST_PARAMETERS = ",\"details\":[{\"issue\":$context.error.messageString}]"
  }

  # An error of the gateway itself holds no data, and its headers cannot depend on who asks: with several origins, any may read it.
  gateway_headers = merge(local.answer_headers, {
    "Access-Control-Allow-Origin"   = "'${coalesce(local.static_origin, "*")}'"
    "Access-Control-Expose-Headers" = "'${local.cors_answer_headers}'"
    "X-Request-Id"                  = "context.requestId"
  })
  # Seconds. A bucket has new tokens within one; a quota is renewed once a day at the soonest.
  gateway_extra_headers = {
    QUOTA_EXCEEDED = { "Retry-After" = "'3600'" }
    THROTTLED      = { "Retry-After" = "'1'" }
  }
}

resource "aws_api_gateway_gateway_response" "this" {
  for_each = local.gateway_responses

  rest_api_id   = aws_api_gateway_rest_api.this.id
  response_type = each.key
  status_code   = each.value.status

  response_parameters = {
    for header, value in merge(local.gateway_headers, lookup(local.gateway_extra_headers, each.key, {})) :
    "gatewayresponse.header.${header}" => value
  }
  response_templates = {
    "application/json" = "{\"type\":\"${can(regex("5(..|XX)$", coalesce(each.value.status, each.key))) ? "processing_error" : "invalid_request"}\",\"code\":${jsonencode(each.value.code)},\"message\":${jsonencode(each.value.message)},\"requestId\":\"$context.requestId\"${lookup(local.gateway_details, each.key, "")}}"
  }
}
