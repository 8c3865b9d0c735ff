resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  description = "Version ${local.document.info.version} of the OpenAPI document."

  # A deployment is a snapshot: anything that changes the API must make a new one.
  triggers = {
    document = filesha256(var.openapi_file)
    module   = sha256(join("", [for file in fileset(path.module, "*.tf") : filesha256("${path.module}/${file}")]))
    inputs = sha256(jsonencode([
      var.functions, var.user_pool_arn, var.cors_allow_origins, var.validate_bodies_at_edge, var.integration_timeout_milliseconds, var.authorizer_ttl_seconds,
    ]))
  }

  depends_on = [
    aws_api_gateway_gateway_response.this,
    aws_api_gateway_integration.function,
    aws_api_gateway_integration_response.preflight,
    aws_api_gateway_integration_response.refused,
    aws_api_gateway_model.body,
  ]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  #checkov:skip=CKV_AWS_120:Answers are per caller (orders) or must be current (prices, stock); a cache would serve the wrong one.
  #checkov:skip=CKV2_AWS_29:There is no edge module yet; a firewall needs its own rules and cost decision, and belongs there.
  #checkov:skip=CKV2_AWS_51:Clients authenticate with Cognito tokens or keys of ours; functions are invoked by IAM, so there is no backend that could check a client certificate.
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = var.stage_name
  description          = "Environment ${var.stage_name}."
  xray_tracing_enabled = var.tracing_enabled

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode(local.access_log)
  }

  depends_on = [aws_api_gateway_account.this, aws_cloudwatch_log_group.execution]
}

resource "aws_api_gateway_method_settings" "all" {
  #checkov:skip=CKV_AWS_225:Answers are per caller (orders) or must be current (prices, stock); a cache would serve the wrong one.
  #checkov:skip=CKV_AWS_308:Nothing is cached, so there is no cache to encrypt.
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    throttling_rate_limit  = var.throttling_rate_limit
    throttling_burst_limit = var.throttling_burst_limit
    metrics_enabled        = true
    logging_level          = "ERROR"
    # Would write whole bodies, passwords among them, into the log.
    data_trace_enabled = false
  }
}

# Where guessing or ordering in bulk would pay: tighter than the stage (x-orderflow-throttling in the document). These
# settings replace those of all methods, they do not add to them.
resource "aws_api_gateway_method_settings" "tighter" {
  #checkov:skip=CKV_AWS_225:Answers are per caller (orders) or must be current (prices, stock); a cache would serve the wrong one.
  #checkov:skip=CKV_AWS_308:Nothing is cached, so there is no cache to encrypt.
  for_each = { for key, operation in local.operations : key => operation if operation.throttling != null }

  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "${trimprefix(each.value.path, "/")}/${each.value.method}"

  settings {
    throttling_rate_limit  = min(var.throttling_rate_limit, var.method_throttling[each.value.throttling].rate_limit)
    throttling_burst_limit = min(var.throttling_burst_limit, var.method_throttling[each.value.throttling].burst_limit)
    metrics_enabled        = true
    logging_level          = "ERROR"
    data_trace_enabled     = false
  }

  lifecycle {
    precondition {
      # API Gateway wants the slashes of a deeper path escaped and the emulator does not read them back: not needed yet.
      condition     = length(split("/", each.value.path)) == 2
      error_message = "x-orderflow-throttling stands at ${each.key}: only paths of one part can have limits of their own."
    }
  }
}
