# Where the team tries things: sandbox payments, data may go.
environment           = "dev"
log_level             = "DEBUG"
log_retention_days    = 14
cors_allow_origins    = ["*"]
default_payment_token = "sandbox_approve"
order_generator       = "scheduled"
payment_vault         = true
deletion_protection   = false

throttling_rate_limit  = 50
throttling_burst_limit = 100

# In minor units: who orders for 1,000.00 or more is looked at by a person first.
review_threshold = 100000
