"""How to buy from the reference merchant."""

from dataclasses import replace

from acp_conformance.profile import Delegate, Expiry, Item, Payment, Profile, Shop, Webhooks

SECRET = "whsec_reference"
PROFILE = Profile(
    shop=Shop(
        items=(Item("shirt"), Item("mug")),
        currency="eur",
        other_currencies=("usd",),
        out_of_stock_item="sold_out",
        coupon="SAVE10",
    ),
    payment=Payment(
        token="tok_good", declined_token="tok_declined", challenged_token="tok_challenged", failing_token="tok_failing"
    ),
    expiry=Expiry(wait_seconds=2, item="short_lived"),
    webhooks=Webhooks(
        within_seconds=0.4,
        refusals=3,
        retry_within_seconds=0.4,
        quiet_seconds=0.15,
        delay_seconds=0.4,
        event_id_header="Webhook-Id",
    ),
)
# A right server on a busy machine may take its time: only what is broken is waited for in vain.
PATIENT = replace(
    PROFILE,
    webhooks=replace(PROFILE.webhooks, within_seconds=20, retry_within_seconds=20, delay_seconds=10),
)
DELEGATED = Payment(delegate=Delegate(merchant_id="m_1", card="4242424242424242", declined_card="4000000000000002"))
