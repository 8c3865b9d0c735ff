# What the OpenAPI document says, in the shapes that the resources need. Nothing here is AWS.
locals {
  document = yamldecode(file(var.openapi_file))
  schemas  = local.document.components.schemas

  # "GET /orders" => what to build for it. A body that may be left out is the function's to check: API Gateway would
  # refuse a request without one; a body that its sender signed has no model, since nothing may read it before. An
  # optional operation is there where its function is.
  operations = merge([
    for path, item in local.document.paths : {
      for method in ["get", "post", "put", "patch", "delete"] : "${upper(method)} ${path}" => {
        path       = path
        method     = upper(method)
        function   = item[method]["x-orderflow-function"]
        timeout    = try(item[method]["x-orderflow-timeout-seconds"] * 1000, var.integration_timeout_milliseconds)
        identity   = try(keys(item[method].security[0])[0], contains(keys(item[method]), "security") ? "nobody" : keys(local.document.security[0])[0])
        checkout   = try(item[method]["x-orderflow-protocol"], null) == "acp"
        signed     = can(item[method]["x-orderflow-signed-by"])
        throttling = try(item[method]["x-orderflow-throttling"], null)
        body       = try(item[method].requestBody.required, false) ? try(basename(item[method].requestBody.content["application/json"].schema["$ref"]), null) : null
        parameters = concat(try(item.parameters, []), try(item[method].parameters, []))
      } if contains(keys(item), method) && (!try(item[method]["x-orderflow-optional"], false) || contains(keys(var.functions), try(item[method]["x-orderflow-function"], "")))
    }
  ]...)

  # How API Gateway learns who calls, by the security scheme that an operation names; without one the route is open.
  authorizations    = { nobody = "NONE", cognito = "COGNITO_USER_POOLS", clientKey = "CUSTOM" }
  client_authorizer = local.document.components.securitySchemes.clientKey["x-orderflow-function"]

  # API Gateway's names: method.request.querystring.filename => required.
  parameters = {
    for key, operation in local.operations : key => {
      for parameter in [
        for given in operation.parameters :
        try(local.document.components.parameters[basename(given["$ref"])], given)
      ] : "method.request.${local.locations[parameter.in]}.${parameter.name}" => try(parameter.required, false)
    }
  }
  locations = { path = "path", query = "querystring", header = "header" }

  # Every path and every folder above it: "/products/{productId}/stock" needs three resources.
  nodes = toset(flatten([
    for path in local.routes : [
      for last in range(1, length(split("/", path))) : join("/", slice(split("/", path), 0, last + 1))
    ]
  ]))
  # A resource cannot refer to itself, so each depth is one of its own (resources.tf).
  nodes_at = {
    for depth in range(1, 5) : depth => {
      for node in local.nodes : node => {
        parent = join("/", slice(split("/", node), 0, depth))
        part   = element(split("/", node), depth)
      } if length(split("/", node)) == depth + 1
    }
  }
  methods_at = {
    for node in local.nodes : node => sort([for operation in values(local.operations) : operation.method if operation.path == node])
  }

  missing_functions = setsubtract(concat([for operation in values(local.operations) : operation.function], [local.client_authorizer]), keys(var.functions))

  # The body schemas as JSON Schema draft 4, each with the schemas it reaches, to a depth of four.
  bodies = toset(compact([for operation in values(local.operations) : operation.body]))
  refers = {
    for name, schema in local.schemas :
    name => distinct(flatten(regexall("#/components/schemas/([A-Za-z0-9]+)", jsonencode(schema))))
  }
  reach_1 = { for body in local.bodies : body => local.refers[body] }
  reach_2 = { for body, names in local.reach_1 : body => distinct(concat(names, flatten([for name in names : local.refers[name]]))) }
  reach_3 = { for body, names in local.reach_2 : body => distinct(concat(names, flatten([for name in names : local.refers[name]]))) }
  reach_4 = { for body, names in local.reach_3 : body => distinct(concat(names, flatten([for name in names : local.refers[name]]))) }

  models = {
    for body in local.bodies : body => replace(
      jsonencode(merge(local.schemas[body], {
        "$schema"   = "http://json-schema.org/draft-04/schema#"
        title       = body
        definitions = { for name in local.reach_4[body] : name => local.schemas[name] }
      })),
      "#/components/schemas/", "#/definitions/"
    )
  }
  unreached_models = [
    for body, names in local.reach_4 : body
    if length(setsubtract(flatten([for name in names : local.refers[name]]), names)) > 0
  ]
}
