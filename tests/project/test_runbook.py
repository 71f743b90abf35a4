"""docs/runbook.md, "Set up" and "Several machines": its blocks, as they stand, on Ceph RGW, PostgreSQL and nginx.

Ports, passwords and the tests' own addresses are put in place of the examples; nothing else is changed. Units run as
the user, in the folders and with the system calls that their files allow.
"""

import json
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from standardwebhooks.webhooks import Webhook as Signer

from pipeline.stores.envelope import MAGIC
from tests.support.certificates import signed_by_own_ca
from tests.support.fresh_machine import FreshMachine, fresh_machine
from tests.support.nginx import nginx_command
from tests.support.pages import blocks
from tests.support.privileges import skip_unless_allowed, why_no_mounts
from tests.support.processes import answers, demand, free_port, server, wait_until
from tests.support.rgw import ACCESS_KEY, SECRET_KEY, Gateway

pytestmark = [pytest.mark.s3, pytest.mark.postgres, pytest.mark.ocr, pytest.mark.timeout(400)]
SECTIONS: Final = ("Set up", "Several machines")
PATIENCE: Final = 120.0
PASSWORD: Final = "of-the-test-alone"
PROGRAMS: Final = (
    *("unshare", "nsenter", "setpriv", "mount", "runuser", "useradd"),
    *("nginx", "curl", "openssl", "systemd-analyze"),
)
PACKAGES: Final = "util-linux, mount, passwd, nginx-light, curl, openssl, systemd"
NAMES: Final = tuple(f"{name}.hospital.example" for name in ("s3", "app", "desk", "receiver", "prefect"))
BEHIND: Final = """
server {{
    listen 443 ssl;
    server_name {name}.hospital.example;
    ssl_certificate /etc/ssl/intake/{name}.pem;
    ssl_certificate_key /etc/ssl/intake/{name}.key;
    client_max_body_size 0;
    location / {{ proxy_pass http://127.0.0.1:{port}; proxy_set_header Host $http_host; }}
}}
"""


def _blocks(section: str) -> list[str]:
    text = Path("docs/runbook.md").read_text("utf-8")
    within = re.search(rf"^## {section}\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    assert within
    return [block.text for block in blocks(within[1]) if block.language == "sh"]


class Heard(NamedTuple):
    """What the webhook's receiver got: bodies, and the headers of each."""

    port: int
    messages: list[tuple[dict[str, str], bytes]]


class Site(NamedTuple):
    """The machine, what is put in place of the examples, and who hears of results."""

    machine: FreshMachine
    instead: Mapping[str, str]
    heard: Heard
    gateway: Gateway
    ports: Mapping[str, int]

    def follow(self, text: str) -> str:
        """Run a block of the runbook; what it printed."""
        done = self.machine.shell(self.put(text), answers=f"{PASSWORD}\n{PASSWORD}\n")
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}\n{self._logs()}"
        return done.stdout

    def put(self, text: str) -> str:
        """A text with the tests' own in place of the examples."""
        for example, ours in self.instead.items():
            text = re.sub(rf"(?<!\d){re.escape(example)}(?!\d)", ours, text)
        return text

    def _logs(self) -> str:
        return self.machine.shell("tail -n 30 /run/units-of-tests/*.log /var/lib/*/logs/*.log || true").stdout


@contextmanager
def _webhook() -> Iterator[Heard]:
    messages: list[tuple[dict[str, str], bytes]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            messages.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        yield Heard(receiver.server_port, messages)
        receiver.shutdown()


@contextmanager
def _nginx(folder: Path, instead: Mapping[str, str], tls: int, behind: Mapping[str, int]) -> Iterator[None]:
    """deploy/nginx.conf, with the object store and the webhook's receiver beside."""
    beside = "".join(BEHIND.format(name=name, port=port) for name, port in behind.items())
    ports = {port: instead[port] for port in ("8098", "8099", "4200")}
    command = nginx_command(folder, folder / "server.pem", tls=tls, ports=ports, beside=beside)
    with server(command, folder / "nginx.log"):
        wait_until(lambda: answers(tls), "nginx")
        yield


@pytest.fixture(scope="session")
def allowed() -> None:
    """Skip where the machine lacks something, before its servers start."""
    if os.geteuid() == 0:  # for others nobody installs anything
        demand(PROGRAMS, "INTAKE_REQUIRE_DEPLOY", PACKAGES)
    skip_unless_allowed(why_no_mounts())


@pytest.fixture
def site(allowed: None, gateway: Gateway, postgres_server: str, tmp_path: Path) -> Iterator[Site]:
    database = urlsplit(postgres_server)
    tls, receiver, desk, prefect = (free_port() for _ in range(4))
    signed_by_own_ca(tmp_path, *NAMES)
    instead = {
        "s3.hospital.example:9000": f"s3.hospital.example:{tls}",
        "db.hospital.example/": f"db.hospital.example:{database.port}/",
        **{f"https://{name}": f"https://{name}:{tls}" for name in NAMES[1:]},
        "8099": str(receiver),
        "8098": str(desk),
        "4200": str(prefect),
        "ACCESS-KEY": ACCESS_KEY,
        "SECRET-KEY": SECRET_KEY,
        "PASSWORD": PASSWORD,
    }
    with (
        _webhook() as heard,
        _nginx(tmp_path, instead, tls, {"s3": urlsplit(f"//{gateway.options.endpoint}").port or 0, "app": heard.port}),
        fresh_machine(PGHOST="127.0.0.1", PGPORT=str(database.port)) as machine,
    ):
        ports = {"receiver": receiver, "prefect": prefect, "tls": tls}
        site = Site(machine, instead, heard, gateway, ports)
        machine.shell(f"cat > /etc/ssl/hospital-ca.pem <<'EOF'\n{(tmp_path / 'ca.pem').read_text()}EOF")
        example = site.put(Path("deploy/intake-prefect.env.example").read_text("utf-8"))
        machine.shell(f"cat > deploy/intake-prefect.env.example <<'EOF'\n{example}EOF")
        yield site


def _decided(site: Site, show: str) -> str:
    """What the case's block prints as soon as it is decided."""
    end = time.monotonic() + PATIENCE
    while (done := site.machine.shell(site.put(show))).returncode != 10:
        assert time.monotonic() < end, done.stdout + done.stderr + site._logs()
        time.sleep(0.5)
    return done.stdout


def _told(site: Site, kind: str, submission_id: str) -> dict[str, Any]:
    """A message of the webhook, once it came; its signature is ours."""
    secret = site.machine.shell("cat /etc/child-intake/webhook-secrets").stdout.strip()
    end = time.monotonic() + PATIENCE
    while True:
        for headers, body in site.heard.messages:
            message: dict[str, Any] = json.loads(body)
            if message["type"] == kind and message["data"]["submission_id"] == submission_id:
                Signer(secret).verify(body, headers)
                return message
        assert time.monotonic() < end, f"{len(site.heard.messages)} other messages, {site._logs()}"
        time.sleep(0.2)


def _checks(site: Site) -> dict[str, dict[str, str]]:
    done = site.machine.shell("intake doctor --json")
    return {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}


def test_the_runbook_is_followed_from_an_empty_machine_to_several(site: Site) -> None:
    alone, several = (_blocks(section) for section in SECTIONS)
    *before, show, read = alone
    for block in before:
        site.follow(block)
    assert "姓名不一致" in _decided(site, show)
    message = _told(site, "case.concluded", "sample-returned-name")
    assert message["data"]["result"]["decision"] == "returned"
    (bucket,) = re.findall(r"INTAKE_STORE_URL=s3://(\w+)", "".join(alone))
    stored = site.gateway.client.get_object(bucket, message["data"]["object"]).data
    assert stored.startswith(MAGIC), "the keyring encrypts the bucket"
    assert json.loads(site.follow(read)) == message["data"]["result"]
    told = _checks(site)
    assert [row for row in told.values() if row["state"] == "wrong"] == []
    assert (told["events"]["state"], told["results"]["state"]) == ("ok", "ok"), told
    assert "1 of 1 uploads" in told["events"]["what"]

    for block in several:
        site.follow(block)
    _is_served_whole(site)
    site.machine.shell("sed -i s/sample-returned-name/second/ fixtures/samples/returned-name/submission.json")
    (upload,) = (block for block in alone if "--upload-file" in block)
    site.follow(upload.replace("/try/", "/second/"))
    assert _told(site, "case.concluded", "second")["data"]["decision"] == "returned"
    _shows_no_picture(site)


def _is_served_whole(site: Site) -> None:
    """Prefect's pages come, from a unit that may write nothing but its folder, behind the wall."""
    here = f"http://127.0.0.1:{site.ports['prefect']}"
    page = httpx.get(here, headers={"Accept": "text/html"})
    assert (page.status_code, "Prefect Server" in page.text) == (200, True)
    assert httpx.get(f"{here}/ui-settings").json()["api_url"] == site.put("https://prefect.hospital.example/api")
    assert httpx.get(here, headers={"Host": "foreign.example"}).status_code == 400
    assert httpx.get(f"{here}/api/admin/version").status_code == 401
    written = site.machine.shell(
        "find /srv/child-intake -newer /etc/child-intake.env '(' -name '*.log' -o -name ui_build ')'"
    )
    assert written.stdout == ""


def _shows_no_picture(site: Site) -> None:
    """What Prefect holds of a run names the desk, and neither the store nor a picture."""
    user, _, password = site.machine.shell("cat /etc/child-intake/prefect-auth").stdout.strip().partition(":")
    api = f"http://127.0.0.1:{site.ports['prefect']}/api"
    with httpx.Client(auth=(user, password)) as client:
        token = client.get(f"{api}/csrf-token", params={"client": "test"}).json()["token"]
        headers = {"Prefect-Csrf-Client": "test", "Prefect-Csrf-Token": token}
        end = time.monotonic() + PATIENCE
        found = _artifacts(client, api, headers)
        while sum(str(one["key"]).startswith("pages-") for one in found) < 1:
            assert time.monotonic() < end, found
            time.sleep(0.2)
            found = _artifacts(client, api, headers)
    text = json.dumps(found, ensure_ascii=False)
    assert f"{site.put('https://desk.hospital.example')}/cases/second" in text
    assert "s3.hospital.example" not in text


def _artifacts(client: httpx.Client, api: str, headers: Mapping[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.post(f"{api}/artifacts/filter", json={}, headers=dict(headers)).json()
    return found
