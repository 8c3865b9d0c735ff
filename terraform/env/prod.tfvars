# Replace the origin by your shop's.
environment        = "prod"
log_retention_days = 365
cors_allow_origins = ["https://shop.example.com"]

# The secret's ARN comes from TF_VAR_stripe_secret_arn: it names the account (modules/payments/README.md).
payment_provider = "stripe"

throttling_rate_limit  = 500
throttling_burst_limit = 1000

# In minor units: who orders for 1,000.00 or more is looked at by a person first.
review_threshold = 100000
