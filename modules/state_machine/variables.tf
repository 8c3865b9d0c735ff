variable "name" {
  description = "What the machine does, in dashes; the machine is <name_prefix>-<name>."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+)*$", var.name))
    error_message = "name must be lower-case words joined by dashes, such as order-processing."
  }
}

variable "definition" {
  description = "The rendered Amazon States Language document."
  type        = string

  validation {
    condition     = can(jsondecode(var.definition).StartAt) && can(jsondecode(var.definition).States)
    error_message = "definition must be JSON with StartAt and States."
  }
}

variable "statements" {
  description = "What the machine may do: one entry per intent, exact actions on exact resources. Logs and traces are added by the module."
  type = list(object({
    sid       = string
    actions   = list(string)
    resources = list(string)
    conditions = optional(list(object({
      test     = string
      variable = string
      values   = list(string)
    })), [])
  }))

  validation {
    condition     = alltrue([for s in var.statements : can(regex("^([A-Z][a-z0-9]*)+$", s.sid))])
    error_message = "Each sid must be a sentence in PascalCase, such as ReserveTheStock."
  }
  validation {
    condition     = length(distinct(var.statements[*].sid)) == length(var.statements)
    error_message = "Each sid must occur once."
  }
  validation {
    condition     = alltrue([for s in var.statements : length(s.actions) > 0 && alltrue([for a in s.actions : can(regex("^[a-z0-9-]+:[A-Za-z0-9]+$", a))])])
    error_message = "Each action must be written out (service:Action); wildcards are refused."
  }
  validation {
    condition     = alltrue([for s in var.statements : length(s.resources) > 0 && (!contains(s.resources, "*") || length(s.conditions) > 0)])
    error_message = "Each statement needs resources, and \"*\" only together with a condition that narrows it."
  }
}

variable "tracing_enabled" {
  description = "Whether executions are traced; apart from the functions' tracing because the emulator forgets this setting of a machine."
  type        = bool

  validation {
    condition     = var.tracing_enabled != null
    error_message = "tracing_enabled must be true or false."
  }
}
