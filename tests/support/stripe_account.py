"""A Stripe account in memory: the objects and rules of the endpoints that Orderflow uses, shapes from stripe/*.json."""

import copy
import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_SHAPES = Path(__file__).parent / "stripe"
_CANCELABLE = {"requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"}
_FIELDS = {
    "/v1/payment_intents": {
        "amount", "currency", "capture_method", "payment_method_types[]", "metadata[payment_id]", "expand[]",
    },
    "confirm": {"payment_method", "error_on_requires_action"},
    "capture": set(),
    "cancel": set(),
    "/v1/refunds": {"payment_intent", "amount", "metadata[refund_key]"},
}  # fmt: skip

Answer = tuple[int, dict[str, Any]]


@cache
def _recorded(name: str) -> str:
    return json.dumps(json.loads((_SHAPES / f"{name}.json").read_text())["shape"])


def shape(name: str, **changes: Any) -> dict[str, Any]:
    """Return a recorded shape with some fields changed; a field that Stripe does not have is refused."""
    recorded = json.loads(_recorded(name))
    assert set(changes) <= set(recorded), f"{name} has no {set(changes) - set(recorded)}"
    return recorded | changes


class Refused(Exception):  # noqa: N818 - an answer
    """An error of errors.json, with fields of its own."""

    def __init__(self, name: str, **fields: Any) -> None:
        told = json.loads(_recorded("errors"))[name]
        self.answer: Answer = told["status"], {"error": told["error"] | fields}
        super().__init__(name)


@dataclass
class StripeAccount:
    """Intents, charges and refunds. `confirmed` lists each confirmation that reached a card."""

    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    charges: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    confirmed: list[str] = field(default_factory=list)
    search_trails: bool = False  # the search has not caught up yet

    def do(self, method: str, path: str, form: dict[str, str]) -> Answer:
        """Carry out one request and return its answer; raises Refused."""
        known = re.fullmatch(r"/v1/payment_intents/(pi_\w+)(?:/(confirm|capture|cancel))?", path)
        if method == "POST":
            self._check(form, _FIELDS[known[2] if known else path])
        match method, path, known:
            case "POST", "/v1/payment_intents", _:
                return 200, self._create(form)
            case "GET", "/v1/payment_intents/search", _:
                return 200, self._search(form["query"])
            case "POST", "/v1/refunds", _:
                return 200, self._refund(form)
            case "GET", "/v1/refunds", _:
                given = [each for each in self.refunds.values() if each["payment_intent"] == form["payment_intent"]]
                return 200, shape("list", data=given[::-1])
            case _, _, re.Match():
                intent = self.intents.get(known[1])
                if intent is None:
                    raise Refused("resource_missing")
                if known[2]:
                    getattr(self, f"_{known[2]}")(intent, form)
                return 200, self._seen(intent, expanded="expand[]" in form)
        raise AssertionError(f"Stripe has no {method} {path} in this account")

    def held(self, payment_id: str) -> int:
        """What is held of a payment and not taken, in minor units."""
        return sum(each["amount_capturable"] for each in self._of(payment_id))

    def taken(self, payment_id: str) -> int:
        """What was taken and not given back."""
        received = sum(each["amount_received"] for each in self._of(payment_id))
        return received - sum(self._charge(each)["amount_refunded"] for each in self._of(payment_id))

    def expire(self, payment_id: str) -> None:
        """Let a hold lapse, as cards do after seven days."""
        for each in self._of(payment_id):
            self._cancel(each, {})

    def _of(self, payment_id: str) -> list[dict[str, Any]]:
        return [each for each in self.intents.values() if each["metadata"].get("payment_id") == payment_id]

    def _check(self, form: dict[str, str], known: set[str]) -> None:
        if unknown := set(form) - known:
            raise Refused("parameter_unknown", param=min(unknown))

    def _create(self, form: dict[str, str]) -> dict[str, Any]:
        if not re.fullmatch(r"[1-9][0-9]{0,7}", form.get("amount", "")) or not form.get("currency", "").islower():
            raise Refused("parameter_missing", param="amount")
        assert form["capture_method"] == "manual", "the amount would be taken without being held"
        intent = shape(
            "payment_intent",
            id=f"pi_{len(self.intents) + 1}",
            amount=int(form["amount"]),
            currency=form["currency"],
            metadata={"payment_id": form["metadata[payment_id]"]},
        )
        self.intents[intent["id"]] = intent
        return self._seen(intent)

    def _confirm(self, intent: dict[str, Any], form: dict[str, str]) -> None:
        if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
            raise Refused("payment_intent_unexpected_state", payment_intent=self._seen(intent))
        methods = json.loads(_recorded("payment_methods"))
        if form["payment_method"] not in methods:
            raise Refused("resource_missing", param="payment_method")
        self.confirmed.append(intent["id"])
        charge = shape(
            "charge", id=f"ch_{len(self.charges) + 1}", amount=intent["amount"], currency=intent["currency"],
            payment_intent=intent["id"], metadata=intent["metadata"],
        )  # fmt: skip
        self.charges[charge["id"]] = charge
        intent["latest_charge"] = charge["id"]
        if decline := methods[form["payment_method"]]:
            charge |= {"paid": False, "status": "failed"}
            refused = Refused(decline["error"], decline_code=decline["decline_code"], charge=charge["id"])
            intent["last_payment_error"] = refused.answer[1]["error"].copy()
            refused.answer[1]["error"]["payment_intent"] = self._seen(intent)
            raise refused
        intent |= {
            "status": "requires_capture",
            "amount_capturable": intent["amount"],
            "payment_method": "pm_1",
            "last_payment_error": None,
        }

    def _capture(self, intent: dict[str, Any], form: dict[str, str]) -> None:
        if intent["status"] != "requires_capture":
            raise Refused("payment_intent_unexpected_state", payment_intent=self._seen(intent))
        intent |= {"status": "succeeded", "amount_capturable": 0, "amount_received": intent["amount"]}
        self._charge(intent).update(captured=True, amount_captured=intent["amount"])

    def _cancel(self, intent: dict[str, Any], form: dict[str, str]) -> None:
        if intent["status"] not in _CANCELABLE:
            raise Refused("payment_intent_unexpected_state", payment_intent=self._seen(intent))
        intent |= {"status": "canceled", "amount_capturable": 0, "canceled_at": intent["created"] + 60}

    def _refund(self, form: dict[str, str]) -> dict[str, Any]:
        intent = self.intents[form["payment_intent"]]
        charge, amount = self._charge(intent), int(form["amount"])
        left = intent["amount_received"] - charge["amount_refunded"]
        if not left:
            raise Refused("charge_already_refunded")
        if amount > left:
            raise Refused("refund_too_large")
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        key = form.get("metadata[refund_key]")
        refund = shape(
            "refund", id=f"re_{len(self.refunds) + 1}", amount=amount, charge=charge["id"], currency=intent["currency"],
            payment_intent=intent["id"], metadata={"refund_key": key} if key else {},
        )  # fmt: skip
        self.refunds[refund["id"]] = refund
        return refund

    def _search(self, query: str) -> dict[str, Any]:
        wanted = re.fullmatch(r'metadata\["payment_id"\]:"([^"\\]+)"', query)
        assert wanted, f"not in Stripe's search language: {query}"
        found = [] if self.search_trails else self._of(wanted[1])
        return shape("search_result", data=[self._seen(each) for each in found])

    def _charge(self, intent: dict[str, Any]) -> dict[str, Any]:
        return self.charges.get(intent["latest_charge"], {"amount_refunded": 0})

    def _seen(self, intent: dict[str, Any], *, expanded: bool = False) -> dict[str, Any]:
        seen = copy.deepcopy(intent)
        if expanded and intent["latest_charge"]:
            seen["latest_charge"] = copy.deepcopy(self._charge(intent))
        return seen
