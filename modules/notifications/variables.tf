variable "topics" {
  description = "The topics by name: their ARN, and the types of the events on them; none where the messages have no types."
  type        = map(object({ arn = string, types = list(string) }))

  validation {
    condition     = alltrue([for topic in values(var.topics) : can(regex("^arn:[^:]+:sns:", topic.arn))])
    error_message = "topics must have the ARNs of SNS topics."
  }
}

variable "subscriptions" {
  description = "Who is told, by the topic's name: an e-mail address or a phone number each, and the types of events they want; none is all of them."
  sensitive   = true
  type = map(list(object({
    email        = optional(string)
    phone_number = optional(string)
    types        = optional(list(string), [])
  })))
  default = {}

  validation {
    condition     = alltrue([for topic in keys(var.subscriptions) : contains(keys(var.topics), topic)])
    error_message = "subscriptions must be to topics that exist."
  }
  validation {
    condition     = alltrue([for one in flatten(values(var.subscriptions)) : (one.email == null) != (one.phone_number == null)])
    error_message = "A subscription must have either an email or a phone_number."
  }
  validation {
    condition     = alltrue([for one in flatten(values(var.subscriptions)) : one.email == null || can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s.]+$", one.email))])
    error_message = "email must be an e-mail address, such as on-call@example.com."
  }
  validation {
    condition     = alltrue([for one in flatten(values(var.subscriptions)) : one.phone_number == null || can(regex("^\\+[1-9][0-9]{6,14}$", one.phone_number))])
    error_message = "phone_number must be in E.164 form: a plus sign and 7 to 15 digits, such as +4915112345678."
  }
  validation {
    condition = alltrue(flatten([
      for topic, subscriptions in var.subscriptions : [
        for one in subscriptions : [for type in one.types : contains(try(var.topics[topic].types, []), type)]
      ]
    ]))
    error_message = "types must be types of events that the topic carries (docs/events.md); alarms have none."
  }
  validation {
    condition = alltrue([
      for subscriptions in values(var.subscriptions) :
      length(distinct([for one in subscriptions : lower(coalesce(one.email, one.phone_number, "none"))])) == length(subscriptions)
    ])
    error_message = "An address may subscribe to a topic once: SNS keeps one subscription for it. Put all its types into that one."
  }
}
