"""The first answer of a key, kept as it was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from orderflow.runtime.json_text import JsonText

# Docs and clients count on a day; no protocol that we speak asks for more.
KEEP_ANSWERS = timedelta(hours=24)
REPLAYED = "Idempotent-Replayed"


@dataclass(frozen=True)
class Answer:
    """Status, rendered body and the headers that belong to the answer, none of those that belong to one request.

    A 5xx is no answer: nobody knows what became of the request then, and repeating it must be able to help.
    """

    status: int
    body: JsonText
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.status >= 500:
            raise ValueError(f"a {self.status} is never kept: the repeat must be able to succeed")

    @property
    def replayed_headers(self) -> dict[str, str]:
        """The same headers, and the one that says that this answer was given before."""
        return {**self.headers, REPLAYED: "true"}
