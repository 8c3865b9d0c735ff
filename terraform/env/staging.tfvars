# As prod, smaller. Replace the origin by your shop's.
environment        = "staging"
log_retention_days = 90
cors_allow_origins = ["https://staging.shop.example.com"]

throttling_rate_limit  = 100
throttling_burst_limit = 200
