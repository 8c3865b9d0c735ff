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

run "what_makes_accounts_or_writes_is_throttled_tighter_than_the_stage" {
  command = plan

  variables {
    throttling_rate_limit = 50
  }

  assert {
    condition = { for key, tighter in aws_api_gateway_method_settings.tighter : key => [tighter.method_path, tighter.settings[0].throttling_rate_limit, tighter.settings[0].throttling_burst_limit] } == {
      "POST /register"          = ["register/POST", 20, 40], "POST /login" = ["login/POST", 20, 40], "POST /auth" = ["auth/POST", 20, 40],
      "POST /users"             = ["users/POST", 20, 40],
      "POST /orders"            = ["orders/POST", 50, 200], "POST /pay" = ["pay/POST", 50, 200], "POST /feedback" = ["feedback/POST", 50, 200],
      "POST /checkout_sessions" = ["checkout_sessions/POST", 50, 200], "POST /mcp" = ["mcp/POST", 50, 200],
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

run "an_alarm_without_a_topic_is_refused" {
  command = plan

  variables {
    alarm_topic_arn = ""
  }

  expect_failures = [var.alarms_enabled]
}
