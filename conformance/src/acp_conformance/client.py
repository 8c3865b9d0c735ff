"""Sends requests and remembers each with its answer."""

import functools
import ssl
import threading
from collections.abc import Mapping

import httpx

from acp_conformance.exchange import Exchange

TIMEOUT_SECONDS = 30


@functools.cache
def _tls() -> ssl.SSLContext:
    # Loading the certificates takes longer than a request: once a process.
    context: ssl.SSLContext = httpx.create_ssl_context()
    return context


class Client:
    """One merchant server; safe to use from several threads at once."""

    def __init__(self, base_url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self.base_url = base_url.rstrip("/")
        self._http = httpx.Client(
            timeout=timeout, verify=_tls(), limits=httpx.Limits(max_connections=64), follow_redirects=False
        )
        self._lock = threading.Lock()
        self.exchanges: list[Exchange] = []

    def close(self) -> None:
        self._http.close()

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        give_up_after: float | None = None,
    ) -> Exchange:
        """Send one request; what goes wrong on the way is in the exchange's `trouble`.

        `give_up_after` seconds the connection is closed without waiting for an answer.
        """
        url = path if "://" in path else self.base_url + path
        exchange = Exchange(method, url, dict(headers), body)
        with self._lock:
            self.exchanges.append(exchange)
        timeout = (
            httpx.USE_CLIENT_DEFAULT if give_up_after is None else httpx.Timeout(TIMEOUT_SECONDS, read=give_up_after)
        )
        try:
            answer = self._http.request(method, url, headers=dict(headers), content=body, timeout=timeout)
        except httpx.HTTPError as error:
            exchange.trouble = f"{type(error).__name__}: {error}"
            return exchange
        exchange.status = answer.status_code
        exchange.headers = {name.lower(): value for name, value in answer.headers.items()}
        exchange.body = answer.content
        return exchange
