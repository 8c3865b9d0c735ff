"""A purchase by an agent that leaves its buyer's words wherever an agent and a shop can write any."""

import zlib
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from orderflow.checkout.erasure_store import DynamoErasableSessions
from orderflow.checkout.webhooks.delivery import Answer as Arrived
from orderflow.checkout.webhooks.delivery_store import DynamoDeliveries
from orderflow.checkout.webhooks.erasure_store import DynamoKeptBodies
from orderflow.checkout.webhooks.publishing import order_event
from orderflow.checkout.webhooks.session_stream import DynamoSessionHistory, session_event
from orderflow.checkout.webhooks.taking import take
from orderflow.operations.erasing_buyers import BuyerEraser
from orderflow.orders import movement_records
from orderflow.orders.erasure_store import DynamoTracesBook
from orderflow.orders.movement import Movement, MovementKind, MovementState
from orderflow.orders.status import OrderStatus
from orderflow.runtime.dynamo import to_item
from orderflow.runtime.trail import Author
from tests.support.checkout import Agent
from tests.support.frozen import CountingIds, FrozenClock
from tests.support.till import Shop
from tests.support.webhooks import ENDPOINT_ID, endpoint

# What a test looks for: each value below holds one of them.
WORDS = ("zaphod", "10997", "+49301234567")
ADDRESS = {
    "name": "Zaphod Doe",
    "line_one": "Zaphod Street 1",
    "line_two": "c/o Zaphod",
    "city": "Zaphodtown",
    "state": "BE",
    "country": "DE",
    "postal_code": "10997",
}
BUYER = {"email": "zaphod@example.com", "first_name": "Zaphod", "last_name": "Doe", "phone_number": "+49301234567"}
DAY = timedelta(days=1, seconds=1)


@dataclass
class Purchase:
    """One session and its orders; `shop` is what stands behind the functions."""

    shop: Shop
    agent: Agent
    clock: FrozenClock
    session_id: str = ""

    def begun(self) -> dict[str, Any]:
        """Begin a session that says too much, at first with a country and a code that there are not."""
        session = self.agent.create(
            ("MUG-01", 2),
            buyer=BUYER,
            fulfillment_details={"name": "Zaphod", "address": {**ADDRESS, "country": "Zaphodland"}},
            metadata={"note": {"for": ["Zaphod"]}},
            quote_id="zaphod-1",
            locale="en-zaphod",
            discounts={"codes": ["ZAPHOD42"]},
            fulfillment_groups=[
                {"id": "zaphod", "item_ids": [], "destination_type": "shipping", "instructions": "ring Zaphod"}
            ],
        ).body
        self.session_id = session["id"]
        self.agent.update(self.session_id, selected_fulfillment_options=[_option("Zaphod's choice")])
        found = self.agent.update(
            self.session_id,
            fulfillment_details={"email": BUYER["email"], "phone_number": "+49301234567", "address": ADDRESS},
            order_notes="Ask for Zaphod",
        ).body
        ready = self.agent.update(
            self.session_id, selected_fulfillment_options=[_option(found["fulfillment_options"][0]["id"])]
        )
        assert ready.body["status"] == "ready_for_payment", ready.body
        return dict(ready.body)

    def paid(self) -> str:
        """Pay with a card that is declined, then with another, and return the id of the order that stands."""
        session = self.begun()
        for token_id, outcome in (("vt_1", ("PAYMENT_FAILED", "PAYMENT_DECLINED")), ("vt_2", ("CONFIRMED", None))):
            self.shop.grant(session, self.agent, token_id)
            self.shop.outcome = outcome
            answer = self.agent.complete(self.session_id, token_id, buyer=BUYER, order_notes="Zaphod wants it wrapped")
        assert answer.body["status"] == "completed", answer.body
        for order in self.shop.all("orders"):
            self.changed(order["orderId"])
        return str(answer.body["order"]["id"])

    def shipped(self, order_id: str) -> None:
        self._moved(order_id, MovementKind.SHIPMENT, "SHIPPED", tracking_number="ZAPHOD-TRACK", carrier="DHL")

    def delivered(self, order_id: str) -> None:
        self._moved(order_id, MovementKind.DELIVERY, "DELIVERED", shipment_id=f"{order_id}-SHIPMENT")

    def changed(self, order_id: str, **facts: Any) -> None:
        """Write facts of an order as one does who is done with it, and let its session follow."""
        order = self.shop.one("orders", orderId=order_id)
        kept = {name: value for name, value in order.items() if name not in ("openGroup", "checkAfter")}
        item = to_item({**kept, "version": order["version"] + 1, **facts})
        self.shop.dynamodb.put_item(TableName=self.shop.tables["orders"], Item=item)
        assert self.shop.tells(order_id, order["userId"]) == {"batchItemFailures": []}

    def told(self, *, arrived: bool = True) -> None:
        """Let webhooks of the session be taken for the agent's endpoint, and arrive."""
        at, table = self.shop.dynamodb, self.shop.tables
        history, kept = DynamoSessionHistory(at, table["checkout-sessions"]), self.bodies
        for item in self.items():
            if event := order_event(session_event(item), history):
                lanes = take(event, endpoints=self, intake=kept, clock=self.clock)
                assert lanes or kept.is_taken(event.order_id, event.sequence)
        while arrived and (due := kept.due(self.clock(), 1)):
            self._arrives(kept, *due[0])

    def of_client(self, client_id: str) -> list[Any]:
        return [endpoint(client_id=client_id)]

    def items(self) -> list[dict[str, Any]]:
        """Return the session's events as they are kept, the first one first."""
        return list(
            self.shop.dynamodb.query(
                TableName=self.shop.tables["checkout-sessions"],
                KeyConditionExpression="sessionId = :session",
                ExpressionAttributeValues=to_item({":session": self.session_id}),
            )["Items"]
        )

    @property
    def bodies(self) -> DynamoKeptBodies:
        return DynamoKeptBodies(self.shop.dynamodb, self.shop.tables["webhook-deliveries"])

    def body(self, sequence: int, order_id: str) -> str:
        key = {"lane": f"lane#{ENDPOINT_ID}#{order_id}", "row": f"body#{sequence:010d}"}
        return str(self.shop.one("webhook-deliveries", **key)["body"])

    def eraser(self, dynamodb: Any = None) -> BuyerEraser:
        """Return what forgets the buyer; `dynamodb` may be a client that dies."""
        at, table = dynamodb or self.shop.dynamodb, self.shop.tables
        return BuyerEraser(
            DynamoErasableSessions(at, table["checkout-sessions"], idempotency=table["idempotency"]),
            DynamoTracesBook(at, table["orders"]),
            DynamoKeptBodies(at, table["webhook-deliveries"]),
            self.clock,
            CountingIds(),
        )

    def author(self) -> Author:
        return Author(self.shop.tables["audit-trail"], "arn:aws:iam::123456789012:user/on-call", "operation-1")

    def tables_that_tell(self) -> set[str]:
        """Return the tables in which one of the words stands, once what was to end by its TTL has ended."""
        found = set()
        for table in self.shop.tables:
            for row in self.shop.all(table):
                over = table == "idempotency" and row["expiresAt"] <= self.clock().timestamp()
                if not over and any(word in readable(row) for word in WORDS):
                    found.add(table)
        return found

    def _moved(self, order_id: str, kind: MovementKind, status: str, **facts: Any) -> None:
        order = self.shop.one("orders", orderId=order_id)
        movement = Movement(
            f"{order_id}-{kind}", kind, OrderStatus(status), order["updatedAt"], "correlation-1",
            MovementState.DONE, **facts,
        )  # fmt: skip
        record = {**movement_records.to_record(movement), "reason": "Zaphod asked for it"}
        self.changed(order_id, status=status, movements=[*order.get("movements", ()), record])

    def _arrives(self, kept: DynamoDeliveries, endpoint_id: str, order_id: str) -> None:
        lane = kept.lane(endpoint_id, order_id)
        assert lane.head is not None
        begun = kept.delivery(lane, lane.head).begun(self.clock())
        ended, _ = begun.ended(Arrived(5, 200), self.clock(), lambda low, _high: low)
        assert kept.write(lane, lane.done(self.clock()), ended)


def _option(option_id: str) -> dict[str, Any]:
    return {"type": "shipping", "option_id": option_id, "item_ids": ["line_1"]}


def readable(row: Any) -> str:
    """Return all that stands in a row in small letters, also what is packed."""
    if isinstance(row, dict):
        return " ".join(readable(each) for pair in row.items() for each in pair)
    if isinstance(row, list):
        return " ".join(map(readable, row))
    if isinstance(row, str | int | float | Decimal | None):
        return str(row).lower()
    return zlib.decompress(bytes(row)).decode().lower()
