# Replace the origin by your shop's, and the secret by the one of modules/payments/README.md.
environment        = "prod"
log_retention_days = 365
cors_allow_origins = ["https://shop.example.com"]

payment_provider  = "stripe"
stripe_secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orderflow-prod-stripe-AbCdEf"

throttling_rate_limit  = 500
throttling_burst_limit = 1000
