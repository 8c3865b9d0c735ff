"""What the provider tells closes a leftover charge, calls a person, or is noted; told twice it changes nothing more."""

from dataclasses import dataclass, field
from datetime import datetime

import pytest

from orderflow.payments.errors import PaymentTimeoutError
from orderflow.payments.payment import Payment, PaymentStatus
from orderflow.payments.provider import Charge
from orderflow.payments.provider_events import EventKind, ProviderEvent, Reaction, Receipt, receive_event
from tests.support.frozen import START

CHARGE = Charge("pay_1", 1999, "EUR")
CLOSED = {PaymentStatus.DECLINED, PaymentStatus.FAILED, PaymentStatus.VOIDED, PaymentStatus.VOIDING}


@dataclass
class Desk:
    """One payment on record, and a provider that knows one charge; `done` is what happened, in order."""

    status: PaymentStatus | None = PaymentStatus.VOIDED
    fails: bool = False
    done: list[object] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def charge_of(self, reference: str) -> Charge | None:
        return CHARGE if reference == "pi_1" else None

    def void(self, charge: Charge, *, reference: str | None) -> None:
        if self.fails:
            raise PaymentTimeoutError
        self.done.append(("void", charge, reference))

    def find(self, payment_id: str) -> Payment | None:
        return Payment(payment_id, "order", self.status) if self.status and payment_id == "pay_1" else None

    def record(self, payment_id: str, event: ProviderEvent, reaction: Reaction, at: datetime) -> bool:
        self.done.append((payment_id, event.event_id, reaction, at))
        first = event.event_id not in self.seen
        self.seen.add(event.event_id)
        return first

    def receive(self, kind: EventKind, reference: str | None = "pi_1") -> Receipt:
        event = ProviderEvent("evt_1", "some.type", kind, reference, START)
        return receive_event(event, store=self, provider=self, now=START)


@pytest.mark.parametrize("status", sorted(CLOSED))
def test_money_on_a_closed_payment_is_given_back_before_the_event_is_recorded(status: PaymentStatus) -> None:
    desk = Desk(status)
    assert desk.receive(EventKind.MONEY_HELD) == Receipt(Reaction.LEFTOVER_RETURNED, "pay_1", True)
    assert desk.done == [("void", CHARGE, "pi_1"), ("pay_1", "evt_1", Reaction.LEFTOVER_RETURNED, START)]


@pytest.mark.parametrize("status", sorted(set(PaymentStatus) - CLOSED))
def test_money_on_any_other_payment_stays_where_it_is(status: PaymentStatus) -> None:
    desk = Desk(status)
    assert desk.receive(EventKind.MONEY_HELD) == Receipt(Reaction.RECORDED, "pay_1", True)
    assert desk.done == [("pay_1", "evt_1", Reaction.RECORDED, START)]


def test_what_could_not_be_given_back_is_not_recorded_so_that_it_is_told_again() -> None:
    desk = Desk(fails=True)
    with pytest.raises(PaymentTimeoutError):
        desk.receive(EventKind.MONEY_HELD)
    assert desk.done == []


def test_an_event_told_twice_is_acted_on_twice_and_known_to_be_the_same() -> None:
    desk = Desk()
    receipts = [desk.receive(EventKind.MONEY_HELD) for _ in range(2)]
    assert [(each.reaction, each.first) for each in receipts] == [
        (Reaction.LEFTOVER_RETURNED, True),
        (Reaction.LEFTOVER_RETURNED, False),
    ]


@pytest.mark.parametrize("status", sorted(PaymentStatus))
def test_a_move_that_orderflow_did_not_make_calls_a_person_and_moves_nothing_itself(status: PaymentStatus) -> None:
    desk = Desk(status)
    assert desk.receive(EventKind.FOREIGN_MOVE) == Receipt(Reaction.NEEDS_A_PERSON, "pay_1", True)
    assert desk.done == [("pay_1", "evt_1", Reaction.NEEDS_A_PERSON, START)]


def test_what_is_only_noted_is_recorded() -> None:
    assert Desk().receive(EventKind.NOTED).reaction is Reaction.RECORDED


@pytest.mark.parametrize(
    ("desk", "reference"), [(Desk(), "pi_of_somebody_else"), (Desk(), None), (Desk(status=None), "pi_1")]
)
@pytest.mark.parametrize("kind", [EventKind.MONEY_HELD, EventKind.FOREIGN_MOVE, EventKind.NOTED])
def test_a_charge_that_is_not_on_record_here_is_left_alone(desk: Desk, reference: str | None, kind: EventKind) -> None:
    assert desk.receive(kind, reference) == Receipt(Reaction.NOT_OURS)
    assert desk.done == []


def test_a_type_that_means_nothing_to_us_costs_no_call() -> None:
    desk = Desk()
    assert desk.receive(EventKind.OTHER) == Receipt(Reaction.IGNORED)
    assert desk.done == []
