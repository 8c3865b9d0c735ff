"""Which addresses a webhook may be sent to: public ones only, whatever name led there (server-side request forgery)."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address that is reached
_TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))  # 6to4 and Teredo end at whom they please


def refusal(text: str, *, loopback_allowed: bool = False) -> str | None:
    """Return why nothing is sent to an address, in a few words; None when it may be.

    Python's `is_global` follows IANA's special-purpose registries: private, link-local (the metadata service among
    them), shared, unique local, reserved and documentation ranges are none of it.
    """
    address = _reached(text)
    if address is None:
        return "is no IP address"
    if address.is_loopback:
        return None if loopback_allowed else "is a loopback address"
    if address.is_link_local:
        return "is a link-local address"
    if address.is_multicast:
        return "is a multicast address"
    if isinstance(address, IPv6Address) and any(address in tunnel for tunnel in _TUNNELS):
        return "is the address of a tunnel"
    if not address.is_global:
        return "is a private or reserved address"
    return None


def _reached(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address that packets would end at: an IPv4 address may be written into an IPv6 one."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
