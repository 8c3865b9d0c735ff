"""What was sent and what came back: the evidence of every judgement, without the secrets in it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from acp_conformance.requirement import NonconformityError

# A body is shown this far: enough for any session, not for a server that streams nonsense.
SHOWN_CHARACTERS = 6000


@dataclass
class Exchange:
    """One request with its answer; `status` is 0 while there is none."""

    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: bytes | None
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    trouble: str = ""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def document(self) -> dict[str, Any]:
        """The answer's JSON object.

        Raises:
            NonconformityError: the answer is something else.
        """
        try:
            document = json.loads(self.body)
        except ValueError:
            raise NonconformityError(f"{self} is not JSON: {self.body[:200].decode(errors='replace')!r}") from None
        if not isinstance(document, dict):
            raise NonconformityError(f"{self} is no JSON object: {self.body[:200].decode(errors='replace')!r}")
        return document

    @property
    def code(self) -> str:
        """The `code` of a flat error, empty for anything else."""
        try:
            return str(self.document.get("code", ""))
        except NonconformityError:
            return ""

    @property
    def replayed(self) -> bool:
        return self.headers.get("idempotent-replayed", "").lower() == "true"

    def __str__(self) -> str:
        said = self.trouble or str(self.status)
        return f"{self.method} {self.url} → {said}{f' {self.code}' if self.status >= 400 and self.code else ''}"

    def shown(self, secrets: Iterable[str]) -> dict[str, Any]:
        """Return request and answer for a report, every secret blanked."""
        hidden = sorted({secret for secret in secrets if secret}, key=len, reverse=True)

        def clean(text: str) -> str:
            for secret in hidden:
                text = text.replace(secret, "***")
            return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}… ({len(text)} characters)"

        def decoded(body: bytes | None) -> str:
            return clean((body or b"").decode(errors="replace"))

        request = {
            "method": self.method,
            "url": clean(self.url),
            "headers": {name: clean(value) for name, value in self.request_headers.items()},
            "body": decoded(self.request_body),
        }
        answer = {
            "status": self.status,
            "headers": {name: clean(value) for name, value in self.headers.items()},
            "body": decoded(self.body),
        }
        return {"request": request, "answer": answer} | ({"trouble": self.trouble} if self.trouble else {})
