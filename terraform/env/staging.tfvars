# As prod, smaller. Replace the origin by your shop's.
environment        = "staging"
log_retention_days = 90
cors_allow_origins = ["https://staging.shop.example.com"]

throttling_rate_limit  = 100
throttling_burst_limit = 200

# In minor units: who orders for 1,000.00 or more is looked at by a person first.
review_threshold = 100000
