"""How to buy from the reference merchant."""

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
    payment=Payment(token="tok_good", declined_token="tok_declined", failing_token="tok_failing"),
    expiry=Expiry(wait_seconds=1, item="short_lived"),
    webhooks=Webhooks(
        within_seconds=0.5,
        retry_within_seconds=0.5,
        quiet_seconds=0.15,
        delay_seconds=0.4,
        event_id_header="Webhook-Id",
    ),
)
DELEGATED = Payment(delegate=Delegate(merchant_id="m_1", card="4242424242424242", declined_card="4000000000000002"))
