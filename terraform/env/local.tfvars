# A laptop: the emulator of docs/emulator-parity.md. local_endpoint comes from the stack, which knows its port.
environment        = "local"
runtime            = "provided.al2023"
s3_use_path_style  = true
log_retention_days = 7
# Where the shop's pages are served on this machine (Vite's port); another port: name it here.
cors_allow_origins = ["http://localhost:5173"]
shop_url           = "http://localhost:5173"

# Agents' requests without a key, a version or an Idempotency-Key are taken, as in the protocol's own demonstrations.
checkout_mode = "lenient"

auto_confirm_customers = true
default_payment_token  = "sandbox_approve"
order_generator        = "manual"
payment_vault          = true
mfa                    = "OFF"
deletion_protection    = false

# What the emulator forgets or cannot do would show in every plan.
alarms_enabled                = false
tracing_enabled               = false
state_machine_tracing_enabled = false
validate_bodies_at_edge       = false

# One machine is the limit, not the API.
throttling_rate_limit  = 10000
throttling_burst_limit = 5000
method_throttling = {
  sign-in = { rate_limit = 10000, burst_limit = 5000 }
  write   = { rate_limit = 10000, burst_limit = 5000 }
}

# Receivers of webhooks run on this machine, too.
webhook_loopback_allowed = true

# In minor units: who orders for 1,000.00 or more is looked at by a person first.
review_threshold = 100000
