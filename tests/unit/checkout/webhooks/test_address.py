"""Where webhooks may go: nowhere that only we can reach."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.checkout.webhooks.address import refusal
from orderflow.checkout.webhooks.errors import EndpointUrlError
from orderflow.checkout.webhooks.target import Target, target_of


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "::1", "0.0.0.1", "::", "10.0.0.1", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "169.254.170.2", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "fc00::1",
        "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::1", "2001:db8::1", "192.0.0.170",
        "", "localhost", "2130706433", "0x7f.1", "127.1", "1.2.3.4.5",
    ],
)  # fmt: skip
def test_private_local_metadata_and_disguised_addresses_are_refused(address: str) -> None:
    assert refusal(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_public_addresses_are_not(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize(
    ("address", "refused"),
    [("127.0.0.1", False), ("::1", False), ("::ffff:127.0.0.1", False), ("10.0.0.1", True), ("169.254.169.254", True)],
)
def test_the_local_stack_may_reach_its_own_machine_and_nothing_else_that_is_private(address, refused) -> None:
    assert (refusal(address, loopback_allowed=True) is not None) is refused


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_however_it_is_written(address: IPv4Address) -> None:
    assert (refusal(str(address)) is None) == (refusal(f"::ffff:{address}") is None)
    assert (refusal(str(address)) is None) == (refusal(str(IPv6Address(0x64FF9B << 96 | int(address)))) is None)


@given(st.ip_addresses())
def test_nothing_passes_that_python_calls_private_loopback_link_local_multicast_or_reserved(address) -> None:
    special = address.is_private or address.is_loopback or address.is_link_local or address.is_multicast
    if special and refusal(str(address)) is None:
        # An IPv4 address inside an IPv6 one is judged by where it leads.
        assert refusal(str(ip_address(int(address) & 0xFFFFFFFF))) is None


@pytest.mark.parametrize(
    ("url", "target", "authority"),
    [
        ("https://a.example.com", Target(True, "a.example.com", 443, "/"), "a.example.com"),
        ("https://A.example.com:8443/x?y=1", Target(True, "a.example.com", 8443, "/x?y=1"), "a.example.com:8443"),
        ("HTTPS://[2606:4700:4700::1111]/", Target(True, "2606:4700:4700::1111", 443, "/"), "[2606:4700:4700::1111]"),
    ],
)
def test_a_url_names_what_is_resolved_asked_for_and_shown_in_the_host_header(url, target, authority) -> None:
    assert target_of(url, loopback_allowed=False) == target
    assert target.authority == authority


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example.com/", "ftp://a.example.com/", "https://", "https:///x", "a.example.com", "",
        "https://user:password@a.example.com/", "https://user@a.example.com/", "https://a.example.com/#fragment",
        "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data", "https://10.0.0.1/",
        "https://2130706433/", "https://localhost/", "https://x.localhost./", "https://a.example.com:0/",
        "https://a.example.com:99999/", "https://[::1/", "https://a.example.com/\r\nX: y", "https://a.example.com/ x",
        "https://ä.example.com/", f"https://a.example.com/{'x' * 2048}", "file:///etc/passwd", "https://127.1/",
    ],
)  # fmt: skip
def test_what_is_no_plain_public_https_url_is_refused(url: str) -> None:
    with pytest.raises(EndpointUrlError) as refused:
        target_of(url, loopback_allowed=False)
    assert refused.value.details[0]["field"] == "url"


def test_the_local_stack_takes_http_to_loopback_only() -> None:
    assert target_of("http://127.0.0.1:9000/hook", loopback_allowed=True) == Target(False, "127.0.0.1", 9000, "/hook")
    assert target_of("http://localhost/", loopback_allowed=True).port == 80
    with pytest.raises(EndpointUrlError):
        target_of("http://10.0.0.1/", loopback_allowed=True)
