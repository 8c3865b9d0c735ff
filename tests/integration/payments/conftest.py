"""Stripe as a server on loopback, and the provider in front of it."""

from collections.abc import Iterator

import pytest

from orderflow.payments.stripe_http import StripeHttp
from orderflow.payments.stripe_provider import StripeProvider
from tests.support.stripe_fake import API_KEY, FakeStripe, fake_stripe

pytest.register_assert_rewrite("tests.support.provider_contract")


@pytest.fixture
def stripe() -> Iterator[FakeStripe]:
    """Give Stripe with an empty account; every fault that a test asks for must befall a request."""
    with fake_stripe() as fake:
        yield fake
        assert fake.broken == []
        assert [fault for fault in fake.faults if fault.times] == []


@pytest.fixture
def provider(stripe: FakeStripe) -> StripeProvider:
    """Give the Stripe adapter in front of the fake, with a patience that outlasts the pauses of a busy machine."""
    return StripeProvider(StripeHttp(stripe.base, lambda: API_KEY, read_seconds=5))
