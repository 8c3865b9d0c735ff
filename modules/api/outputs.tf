output "api_endpoint" {
  description = "Base URL of the API, without a slash at the end."
  value = (
    var.local_endpoint == ""
    ? aws_api_gateway_stage.this.invoke_url
    : "${trimsuffix(var.local_endpoint, "/")}/restapis/${aws_api_gateway_rest_api.this.id}/${aws_api_gateway_stage.this.stage_name}/_user_request_"
  )
}

output "rest_api_id" {
  description = "Id of the REST API."
  value       = aws_api_gateway_rest_api.this.id
}

output "execution_arn" {
  description = "ARN prefix by which permissions name the API's methods."
  value       = aws_api_gateway_rest_api.this.execution_arn
}

output "stage_name" {
  description = "Name of the stage; available once the stage is."
  value       = aws_api_gateway_stage.this.stage_name
}
