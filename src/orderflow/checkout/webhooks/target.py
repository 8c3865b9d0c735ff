"""The URL of a webhook endpoint, taken apart and judged before anything is resolved or sent."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from orderflow.checkout.webhooks.address import refusal
from orderflow.checkout.webhooks.errors import EndpointUrlError

LONGEST_URL = 2048
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Target:
    """Where a webhook goes: `host` as the certificate and the Host header name it, `path` with the query."""

    tls: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return the Host header's value."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.tls else "http"] else f"{host}:{self.port}"


def target_of(url: str, *, loopback_allowed: bool) -> Target:
    """Return the target of a URL; raises EndpointUrlError for all but plain https.

    `loopback_allowed` is for the local stack: http, to addresses of this machine only. What a name resolves to is
    looked at when something is sent, each time: it may change.
    """
    if len(url) > LONGEST_URL or not url.isascii() or any(character <= " " for character in url):
        raise EndpointUrlError(f"must be at most {LONGEST_URL} visible ASCII characters")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise EndpointUrlError("is not a URL") from None
    if parts.scheme not in (("https", "http") if loopback_allowed else ("https",)):
        raise EndpointUrlError("must begin with https://")
    if not host or port == 0:
        raise EndpointUrlError("must name a host")
    if "@" in parts.netloc or parts.fragment:
        raise EndpointUrlError("must hold no user, no password and no fragment")
    if _is_literal(host) and (reason := refusal(host, loopback_allowed=loopback_allowed)):
        raise EndpointUrlError(f"names a host that {reason}")
    if not loopback_allowed and host.rstrip(".").rpartition(".")[2] == "localhost":
        raise EndpointUrlError("names this machine itself")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port or _PORTS[parts.scheme], path)


def _is_literal(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
