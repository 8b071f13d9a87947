"""Where a call comes from: proxies are believed as far as they are trusted, and no further."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.domain.errors import InvalidInput, Misconfigured
from labeltrust.domain.networks import caller_address, is_within, parsed_networks
from labeltrust.settings import Settings

PROXIES = parsed_networks(["10.0.0.0/8", "fd00::/8"], "proxies")
NETWORK = parsed_networks(["192.0.2.0/24"], "networks")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.7", [], "192.0.2.7"),
        ("192.0.2.7", ["6.6.6.6"], "192.0.2.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("10.0.0.1", ["192.0.2.7, 10.9.9.9"], "192.0.2.7"),
        ("10.0.0.1", ["6.6.6.6, 192.0.2.7"], "192.0.2.7"),
        ("10.0.0.1", ["192.0.2.7, 6.6.6.6"], "6.6.6.6"),
        ("10.0.0.1", ["6.6.6.6", "192.0.2.7"], "192.0.2.7"),
        ("10.0.0.1", ["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
        ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
        ("10.0.0.1", ["192.0.2.7:51234"], "192.0.2.7"),
        ("10.0.0.1", ["[2001:db8::7]:443"], "2001:db8::7"),
        ("10.0.0.1", ["::ffff:192.0.2.7"], "192.0.2.7"),
        ("::ffff:10.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("10.0.0.1", ["unknown"], None),
        ("10.0.0.1", ["192.0.2.7, "], None),
        ("10.0.0.1", ["192.0.2.7, _hidden"], None),
        (None, ["192.0.2.7"], None),
        ("", [], None),
        ("not an address", ["192.0.2.7"], None),
    ],
)
def test_the_caller_is_the_first_address_from_the_end_that_is_no_trusted_proxy(
    peer, forwarded, address
):
    found = caller_address(peer, forwarded, PROXIES)

    assert found == (None if address is None else ipaddress.ip_address(address))


@given(peer=st.text(max_size=20), forwarded=st.lists(st.text(max_size=30), max_size=3))
def test_without_trusted_proxies_nothing_that_is_forwarded_counts(peer, forwarded):
    assert caller_address(peer, forwarded, ()) == caller_address(peer, [], ())
    assert str(caller_address("198.51.100.1", forwarded, ())) == "198.51.100.1"


@given(lies=st.lists(st.text(max_size=30), max_size=3))
def test_what_a_caller_puts_in_front_changes_nothing(lies):
    found = caller_address("10.0.0.1", [*lies, "198.51.100.9"], PROXIES)

    assert str(found) == "198.51.100.9"


def test_an_unknown_address_is_in_no_network():
    assert not is_within(None, parsed_networks(["0.0.0.0/0", "::/0"], "networks"))
    assert is_within(ipaddress.ip_address("192.0.2.255"), NETWORK)
    assert not is_within(ipaddress.ip_address("192.0.3.0"), NETWORK)
    assert not is_within(ipaddress.ip_address("2001:db8::1"), NETWORK)


@pytest.mark.parametrize(
    "value",
    [None, [], "192.0.2.0/24", ["192.0.2.1/24"], ["192.0.2.0/33"], ["example.org"], [7], [""],
     [None], {"192.0.2.0/24": 1}, ["192.0.2.0/24"] * 257],
)  # fmt: skip
def test_what_is_no_list_of_networks_is_refused(value):
    with pytest.raises(InvalidInput, match="networks"):
        parsed_networks(value, "networks")


def test_trusted_proxies_are_a_setting():
    assert Settings().proxies == ()
    assert Settings(trusted_proxies="10.0.0.0/8, fd00::/8").proxies == PROXIES
    with pytest.raises(Misconfigured, match="LABELTRUST_TRUSTED_PROXIES"):
        Settings(trusted_proxies="everybody")
