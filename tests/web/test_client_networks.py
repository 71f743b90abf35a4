"""Whose requests count together, in our programs and in nginx before them."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.certificates import self_signed
from tests.support.nginx import nginx_command
from tests.support.processes import answers, demand, free_port, server, wait_until
from web.client_networks import network_of, site_of


@pytest.mark.parametrize(
    ("host", "network", "site"),
    [
        pytest.param("10.0.0.7", "10.0.0.7", "10.0.0.7", id="IPv4"),
        pytest.param("::ffff:10.0.0.7", "10.0.0.7", "10.0.0.7", id="the same, as IPv6"),
        pytest.param("2001:db8:1:2:aaaa::7", "2001:db8:1:2::/64", "2001:db8:1::/48", id="IPv6"),
        pytest.param("2001:db8:1:ffff::1", "2001:db8:1:ffff::/64", "2001:db8:1::/48", id="another network of the site"),
        pytest.param("2001:db8:2:2::1", "2001:db8:2:2::/64", "2001:db8:2::/48", id="another site"),
        pytest.param("fe80::1%eth0", "fe80::/64", "fe80::/48", id="of a link"),
        pytest.param("testclient", "testclient", "testclient", id="a name"),
        pytest.param("", "", "", id="a socket without an address"),
    ],
)
def test_whose_requests_count_together(host: str, network: str, site: str) -> None:
    assert (network_of(host), site_of(network_of(host))) == (network, site)


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """nginx with our file, and a server that tells the network of the address in a header; yields its port."""
    demand(["nginx"], "INTAKE_REQUIRE_DEPLOY", "nginx-light")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    self_signed(folder, "desk.hospital.example")
    telling = "set_real_ip_from 127.0.0.1; real_ip_header X-Real-IP; return 200 $intake_network;"
    beside = f"server {{ listen 127.0.0.1:{port}; {telling} }}"
    command = nginx_command(folder, folder / "certificate.pem", tls=free_port(), ports={}, beside=beside)
    with server(command, folder / "log"):
        wait_until(lambda: answers(port), "nginx")
        yield port


@pytest.mark.parametrize(
    ("host", "network"),
    [
        pytest.param("10.0.0.7", "10.0.0.7", id="IPv4"),
        pytest.param("2001:db8:1:2:aaaa::7", "2001:db8:1:2", id="IPv6"),
        pytest.param("2001:db8:1:2:aaaa:bbbb:cccc:7", "2001:db8:1:2", id="another address of the network"),
        pytest.param("2001:db8:1:3:aaaa:bbbb:cccc:7", "2001:db8:1:3", id="another network"),
        pytest.param("2001:db8:1::7", "2001:db8:1:0", id="a network of zero, not written"),
        pytest.param("2001:db8:1:0:a:b:c:7", "2001:db8:1:0", id="the same, written"),
        pytest.param("2001:db8::7", "2001:db8:0:0", id="two groups of zeros, not written"),
        pytest.param("2001:db8:0:0:a::7", "2001:db8:0:0", id="the same, written"),
        pytest.param("2001:0:0:5:a:b:c:7", "2001:0:0:5", id="zeros within the network, not written"),
        pytest.param("2001:0:0:5:a::7", "2001:0:0:5", id="the same, written"),
        pytest.param("2001::7", "2001:0:0:0", id="three groups of zeros, not written"),
        pytest.param("2001:0:0:0:a::", "2001:0:0:0", id="the same, before other zeros"),
        pytest.param("::1", "::1", id="loopback"),
    ],
)
def test_nginx_counts_them_together_as_well(nginx: int, host: str, network: str) -> None:
    assert httpx.get(f"http://127.0.0.1:{nginx}/", headers={"X-Real-IP": host}).text == network
