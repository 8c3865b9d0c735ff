"""Stripe's REST API over pooled HTTPS: one request, and what its failure means for the money.

docs.stripe.com/api (form in, JSON out), docs.stripe.com/error-low-level (which answers may be repeated).
urllib3 is part of the Lambda runtime beside boto3 and loaded by it: the adapter adds no library to a zip.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProtocolError

from orderflow.payments.errors import (
    PaymentProviderMisconfiguredError,
    PaymentProviderUnavailableError,
    PaymentTimeoutError,
)

# docs.stripe.com/api/versioning: without the header the account's default would decide the shapes we read.
API_VERSION = "2026-06-24.dahlia"
CONNECT_SECONDS = 2.0
# A card network may take its time; Stripe's own library waits 80 s, a workflow step only has 30.
READ_SECONDS = 10.0
_BUSY = frozenset({"lock_timeout", "idempotency_key_in_use", "rate_limit"})  # docs.stripe.com/error-codes
_WORD = re.compile(r"[A-Za-z0-9_]{1,64}")
_FORM = "application/x-www-form-urlencoded"


class StripeRefusal(Exception):  # noqa: N818 - a refusal is an answer, not a failure
    """Stripe understood and said no; `code` and `type` are words of docs.stripe.com/error-codes."""

    def __init__(self, status: int, error: Mapping[str, Any], request_id: str) -> None:
        self.type, self.code = _word(error.get("type")), _word(error.get("code"))
        self.decline_code, self.param = _word(error.get("decline_code")), _word(error.get("param"))
        self.status, self.request_id = status, request_id
        super().__init__(f"{status} {self.type} {self.code} ({request_id})")

    @property
    def as_misconfiguration(self) -> PaymentProviderMisconfiguredError:
        """The same as an error for people: nothing of Stripe's own message, which may quote what was sent."""
        return PaymentProviderMisconfiguredError(
            f"{self.status} {self.type or '-'}/{self.code or '-'}", self.request_id
        )


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


@dataclass
class StripeHttp:
    """A pool of connections to `base`; `api_key` is asked for at each request, `refused` told when it was no good."""

    base: str
    api_key: Callable[[], str] = field(repr=False)
    refused: Callable[[], None] = lambda: None
    read_seconds: float = READ_SECONDS

    def __post_init__(self) -> None:
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=4)

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        """Read; a failure in between has changed nothing: raises StripeRefusal or PaymentProviderUnavailableError."""
        query = f"?{urlencode(parameters, doseq=True)}" if parameters else ""
        return self._answer("GET", path + query, None, None, unknown=PaymentProviderUnavailableError)

    def post(self, path: str, form: Mapping[str, object], *, key: str, moves_money: bool = True) -> dict[str, Any]:
        """Send a form once per `key` (Idempotency-Key).

        Raises StripeRefusal, PaymentProviderUnavailableError, PaymentProviderMisconfiguredError, and
        PaymentTimeoutError where a request that moves money was sent and not answered.
        """
        unknown = PaymentTimeoutError if moves_money else PaymentProviderUnavailableError
        return self._answer("POST", path, urlencode(form), key, unknown=unknown)

    def _answer(
        self,
        method: str,
        path: str,
        body: str | None,
        key: str | None,
        *,
        unknown: type[PaymentTimeoutError] | type[PaymentProviderUnavailableError],
    ) -> dict[str, Any]:
        headers = {"Stripe-Version": API_VERSION}
        if key:
            headers |= {"Content-Type": _FORM, "Idempotency-Key": key}
        try:
            response = self._signed_in(method, path, body, headers)
        except (NewConnectionError, ConnectTimeoutError) as error:
            raise PaymentProviderUnavailableError from error
        except HTTPError as error:
            raise unknown from error
        return self._read(response, unknown)

    def _signed_in(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        used = self.api_key()
        response = self._send(method, path, body, headers | {"Authorization": f"Bearer {used}"})
        if response.status == 401:
            # Stripe did nothing. The key may have been rolled while we kept the old one: then the new one serves.
            self.refused()
            if (fresh := self.api_key()) != used:
                return self._send(method, path, body, headers | {"Authorization": f"Bearer {fresh}"})
        return response

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=self.read_seconds)

        def once() -> urllib3.BaseHTTPResponse:
            return self._pool.request(
                method, self.base + path, body=body, headers=headers, timeout=timeout, retries=False, redirect=False
            )

        try:
            return once()
        except ProtocolError:
            # A container that slept finds its pooled connection closed. Repeated once, on a fresh one: a GET changes
            # nothing, and a POST that did arrive is the same by its key (docs.stripe.com/api/idempotent_requests).
            return once()

    def _read(
        self,
        response: urllib3.BaseHTTPResponse,
        unknown: type[PaymentTimeoutError] | type[PaymentProviderUnavailableError],
    ) -> dict[str, Any]:
        status, request_id = response.status, _word(response.headers.get("Request-Id")) or "no request id"
        if status >= 500:
            raise PaymentProviderUnavailableError
        try:
            body = json.loads(response.data)
        except ValueError as error:
            raise unknown from error
        told = body.get("error") if isinstance(body, dict) else None
        refusal = StripeRefusal(status, told if isinstance(told, dict) else {}, request_id)
        if status in (409, 429) or refusal.code in _BUSY:
            raise PaymentProviderUnavailableError
        if status in (401, 403):
            raise refusal.as_misconfiguration
        if status == 424:  # docs.stripe.com/api/errors: something beyond Stripe failed
            raise unknown
        if status >= 400:
            raise refusal
        if status != 200 or not isinstance(body, dict):
            raise refusal.as_misconfiguration
        return body
