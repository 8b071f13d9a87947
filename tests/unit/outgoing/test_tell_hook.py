"""Where hooks may go: refusals as a table, before anything is sent."""

import pytest

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.hooks import checked_hook
from labeltrust.outgoing.tell_hook import require_reachable


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.216.34/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest",
        "https://localhost/x",
        "https://0x7f000001/x",
        "https://user:pw@93.184.216.34/x",
        "https://93.184.216.34/x#part",
        "https://no-such-host.invalid/x",
        "ftp://93.184.216.34/x",
        "https://93.184.216.34:99999/",
        "https://a b/",
        "javascript:alert(1)",
        "",
    ],
)
def test_no_address_inside_a_network_is_told(url):
    with pytest.raises(InvalidInput, match="hook is refused"):
        require_reachable(checked_hook(url), private=False)


@pytest.mark.parametrize("place", ["127.0.0.1", "10.0.0.1"])
def test_a_setting_allows_networks_of_ones_own_without_tls(place):
    address = checked_hook(f"http://{place}/x", private=True)

    assert require_reachable(address, private=True) == place


def test_an_address_keeps_its_port_path_and_query():
    found = checked_hook("https://ci.example.org:8443/a?b=c")

    assert (found.host, found.port, found.target) == ("ci.example.org", 8443, "/a?b=c")
