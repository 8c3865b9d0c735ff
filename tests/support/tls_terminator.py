"""Stands where TLS ends: forwards HTTP to the local AWS and says, as a load balancer would, that the client used TLS.

ministack takes `X-Forwarded-Proto` for `aws:SecureTransport`. Its own TLS (USE_SSL) would do as well, but then its
Cognito authorizer looks for the user pool's keys on plain HTTP and refuses every token.
"""

from contextlib import AbstractContextManager

from tools.forwarder import forwarding


def tls_terminator(target_port: int) -> AbstractContextManager[str]:
    """Give the address of a forwarder to `target_port` on loopback that adds the header."""
    return forwarding(target_port, extra_headers={"X-Forwarded-Proto": "https"})
