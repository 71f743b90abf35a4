"""Where receiver and review desk listen, and what is said where they cannot."""

import socket

import pytest

from models.errors import PipelineError
from web.server import AddressError, PortInUseError, listening_on


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback_is_listened_on_by_any_of_its_names(host: str) -> None:
    with listening_on(host, 0, "DESK") as listening, socket.create_connection(listening.getsockname()[:2], timeout=5):
        pass


@pytest.mark.parametrize(
    ("host", "kind", "words"),
    [
        pytest.param("127.0.0.1", PortInUseError, r"another program uses it.*INTAKE_DESK__PORT", id="a port in use"),
        pytest.param("192.0.2.1", PortInUseError, "no such address.*INTAKE_DESK__HOST", id="another machine's address"),
        pytest.param("no.such.invalid", AddressError, "INTAKE_DESK__HOST", id="a name without an address"),
        pytest.param("::g", AddressError, "INTAKE_DESK__HOST", id="an address that is none"),
    ],
)
def test_an_address_that_cannot_be_listened_on_is_named(host: str, kind: type[PipelineError], words: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PipelineError, match=words) as caught:
            listening_on(host, port, "DESK")
    assert type(caught.value) is kind
