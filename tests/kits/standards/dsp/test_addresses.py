"""Addresses from strangers: every spelling of an inner address is refused, public ones are not."""

from __future__ import annotations

import ipaddress
import random
import socket
from collections.abc import Callable

import pytest

from doumen.kits.standards.dsp.addresses import (
    INNER_NAMES,
    Endpoint,
    Reach,
    callback,
    public,
    reached,
)
from doumen.model.errors import DoumenError, Invalid, Refused

INNER = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200",
    "127.0.0.1", "127.255.255.254", "169.254.169.254", "169.254.170.2", "172.16.0.1",
    "172.31.255.255", "192.0.0.9", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1",
    "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255", "168.63.129.16",
]  # fmt: skip
OUTER = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "9.255.255.255", "11.0.0.0", "100.63.255.255",
         "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
         "198.17.255.255", "198.20.0.0", "223.255.255.255", "126.255.255.255", "128.0.0.1",
         "169.253.255.255", "169.255.0.0", "168.63.129.15"]  # fmt: skip
INNER6 = [
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:0:7f00:1::", "2001:db8::1", "2001:10::1", "2002:7f00:1::", "2002:a00:1::1",
    "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fdff::1", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1", "ff0e::1", "2606:4700::1%1", "1::1", "4000::1", "e000::1",
]  # fmt: skip
OUTER6 = ["2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "2400:cb00::1",
          "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]  # fmt: skip


@pytest.mark.parametrize("text", INNER + INNER6)
def test_inner_addresses_are_not_public_and_not_called(text: str) -> None:
    address = ipaddress.ip_address(text)
    assert not public(address)
    host = f"[{text}]" if ":" in text else text
    with pytest.raises(Refused, match="no address that is called"):
        callback(f"https://{host}/dsp")
    with pytest.raises(Refused):
        callback(f"https://{host}:8443")
    mapped = getattr(address, "ipv4_mapped", None) or address
    assert reached(address, Reach.LOOPBACK) == mapped.is_loopback
    assert not reached(address, Reach.PUBLIC)


@pytest.mark.parametrize("text", OUTER + OUTER6)
def test_public_addresses_are_called(text: str) -> None:
    assert public(ipaddress.ip_address(text))
    assert reached(ipaddress.ip_address(text), Reach.PUBLIC)
    host = f"[{text}]" if ":" in text else text
    assert str(callback(f"https://{host}/dsp/")) == f"https://{host}/dsp"


def test_no_address_is_public_that_the_standard_library_calls_private() -> None:
    rng = random.Random(5)
    for _ in range(20_000):
        four = ipaddress.IPv4Address(rng.getrandbits(32))
        assert four.is_global or not public(four)
        if four.is_private or four.is_multicast or four.is_reserved or four.is_link_local:
            assert not public(four)
        six = ipaddress.IPv6Address((rng.randrange(8) << 125) | rng.getrandbits(125))
        assert six.is_global or not public(six)
        assert not public(ipaddress.IPv6Address((0xFFFF << 32) | int(four))) or public(four)


@pytest.mark.parametrize(
    "host",
    [
        "2130706433", "0x7f000001", "0X7F.0.0.1", "017700000001", "0177.0.0.1", "127.1", "127.0.1",
        "127.0.0.01", "127.0.0.1.", "0", "0x", "00", "3232235521", "0xa9fea9fe", "169.254.43518",
        "1.2.3.4.5", "256.1.1.1", "8.8.8.8.", "134744072", "010.8.8.8", "0x8.8.8.8", "a.b.1",
        "example.0x1", "8.8.8",
    ],
)  # fmt: skip
def test_numbers_in_other_spellings_are_refused_even_where_they_are_public(host: str) -> None:
    with pytest.raises(Invalid, match="no address that is called") as error:
        callback(f"https://{host}/")
    assert error.value.why
    assert error.value.code == "invalid.dsp-address"


def test_whatever_the_system_reads_as_an_inner_address_is_refused() -> None:
    """Every spelling that `inet_aton` takes for the loopback or metadata address."""
    rng = random.Random(7)
    forms: list[Callable[[int], str]] = [
        str,
        lambda n: f"0x{n:x}",
        lambda n: f"0{n:o}",
        lambda n: f"0X{n:08X}",
    ]
    for number in (0x7F000001, 0xA9FEA9FE, 0x0A000001, 0xC0A80101):
        for parts in (1, 2, 3, 4):
            for _ in range(40):
                values = [(number >> 24 - 8 * n) & 255 for n in range(parts - 1)]
                values.append(number & ((1 << (8 * (5 - parts))) - 1))
                host = ".".join(rng.choice(forms)(value) for value in values)
                assert socket.inet_aton(host) == number.to_bytes(4, "big")
                with pytest.raises(DoumenError):
                    callback(f"https://{host}/dsp")


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST", "a.localhost", "intranet", "metadata", "instance-data",
     "metadata.google.internal", "printer.local", "a.b.lan", "router.home.arpa", "x.corp",
     "kubernetes.default.svc", "db.svc.cluster.local", "1.0.0.127.in-addr.arpa", "hidden.onion"]
    + [f"x.{name}" for name in INNER_NAMES],
)  # fmt: skip
def test_names_of_inner_networks_are_refused(host: str) -> None:
    with pytest.raises(Refused, match="no address that is called"):
        callback(f"https://{host}:8443/dsp")


@pytest.mark.parametrize(
    "address",
    [
        "", "x" * 3000, "https://", "https:///x", "https:/a.org", "https:a.org", "//a.org", "a.org",
        "ftp://a.org", "file:///etc/passwd", "gopher://a.org", "javascript:alert(1)", "data:,x",
        "https://a.org/ x", " https://a.org", "https://a.org\n", "https://a\t.org", "https://a.org\0",
        "https://ex\u00e4mple.org", "https://\uff11\uff12\uff17.0.0.1", "https://127\u30020\u30020\u30021",
        "https://u@a.org", "https://u:p@a.org", "https://@a.org", "https://a.org@127.0.0.1",
        "https://127.0.0.1@a.org", "https://a.org#", "https://a.org/#x", "https://a.org?x=1",
        "https://a.org/?", "https://a.org\\@b.org", "https:\\\\a.org", "https://a.org:", "https://a.org:0",
        "https://a.org:65536", "https://a.org:-1", "https://a.org:8a", "https://a.org:80:80",
        "https://a.org.", "https://.a.org", "https://a..org", "https://-a.org", "https://a-.org",
        "https://a_b.org", "https://a%2eorg", "https://%31%32%37.0.0.1",
        "https://" + "a" * 64 + ".org",
        "https://" + "a." * 130 + "org", "https://[::1", "https://::1/", "https://[::1]x", "https://[]",
        "https://[v1.x]", "https://[1.2.3.4]", "https://[2606:4700::1]evil.org",
        "https://a.org/../x", "https://a.org/x/..", "https://a.org/./x", "https://a.org/%2e%2E/x",
        "https://a.org/.%2e/", "https://a.org/a%2Fb", "https://a.org/a%5cb", "https://a.org/%",
        "https://a.org/%zz", "https://a.org/a%00", "https://a.org/a%0d%0ab", "https://a.org//x",
        "https://a.org/<x>", "https://a.org/a|b",
    ],
    ids=lambda address: ascii(address)[:40],
)  # fmt: skip
def test_what_is_no_plain_base_address_is_refused(address: str) -> None:
    with pytest.raises(Invalid, match="no address that is called") as error:
        callback(address)
    assert error.value.why
    assert len(error.value.what) < 120


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("https://connector.example.org", Endpoint("https", "connector.example.org")),
        ("https://connector.example.org/", Endpoint("https", "connector.example.org")),
        ("HTTPS://A.Example.ORG:8443/x/Y/", Endpoint("https", "a.example.org", 8443, "/x/Y")),
        ("https://xn--fiq.net/a%20b;c=1", Endpoint("https", "xn--fiq.net", None, "/a%20b;c=1")),
        ("https://[2606:4700::1111]:443/", Endpoint("https", "2606:4700::1111", 443)),
        ("https://a.org/..x/x..", Endpoint("https", "a.org", None, "/..x/x..")),
        ("https://1.org", Endpoint("https", "1.org")),
        ("https://3com.0x1f.org", Endpoint("https", "3com.0x1f.org")),
    ],
)  # fmt: skip
def test_good_addresses_are_read(address: str, read: Endpoint) -> None:
    assert callback(address) == read
    assert callback(str(read)) == read
    assert str(read.below("/negotiations/offers")).endswith(read.path + "/negotiations/offers")
    assert read.below("/") == read


def test_this_machine_is_called_only_where_that_is_said_and_then_without_tls_too() -> None:
    for host in ("localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]"):
        for scheme in ("http", "https"):
            assert str(callback(f"{scheme}://{host}:8080/x", Reach.LOOPBACK)).endswith(":8080/x")
            with pytest.raises(Refused):
                callback(f"{scheme}://{host}:8080/x")
    for address in ("http://a.org", "http://8.8.8.8/", "http://[2606:4700::1]/"):
        for reach in Reach:
            with pytest.raises(Refused, match="no address") as error:
                callback(address, reach)
            assert error.value.why == "Only an address with TLS is called."
    for host in ("10.0.0.1", "169.254.169.254", "intranet", "[fe80::1]", "0.0.0.0", "[::]"):
        with pytest.raises(Refused):
            callback(f"https://{host}", Reach.LOOPBACK)
    with pytest.raises(Invalid):
        callback("http://2130706433/", Reach.LOOPBACK)
    assert callback("https://a.org", Reach.LOOPBACK) == callback("https://a.org")
