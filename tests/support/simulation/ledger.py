"""What the payment provider's customers were charged and given back, in minor units."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Ledger:
    """Amounts by key: a key holds, charges and gives back once, however often it is used."""

    charged: dict[str, int] = field(default_factory=dict)
    refunded: dict[str, int] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)

    def enter(self, call: str, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        """Enter a call of the provider's port that succeeded."""
        match call:
            case "authorize":
                self.held.add(args[0].idempotency_key)
            case "capture":
                self.held.discard(args[0].idempotency_key)
                self.charged[args[0].idempotency_key] = args[0].amount
            case "void":
                key = getattr(args[0], "idempotency_key", args[0])
                self.held.discard(key)
                if key in self.charged:
                    self.released.add(key)
            case "refund":
                self.refunded[kwargs["idempotency_key"]] = kwargs["amount"]

    @property
    def balance(self) -> int:
        """What the shop holds."""
        kept = sum(amount for key, amount in self.charged.items() if key not in self.released)
        return kept - sum(self.refunded.values())
