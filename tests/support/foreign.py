"""Pages of another origin, which try what a hostile page would: read from a server, and start something there."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, NamedTuple

from playwright.sync_api import Frame

PAGE: Final = "<!doctype html><title>foreign</title><p>An honest face.</p>"
# Today's Chromium stops some of these pages by itself, as other browsers do not; what is looked at is Prefect's part.
WITHOUT_HELP: Final = "--disable-features=LocalNetworkAccessChecks"
_MILLISECONDS: Final = 2500.0  # for requests whose answers no page sees
# Prefect takes a body without a content type for JSON, and browsers send such a one to everybody without asking.
_ATTACK: Final = """async ([api, deployment]) => {
    const start = `${api}/deployments/${deployment}/create_flow_run`, body = '{"state": {"type": "SCHEDULED"}}';
    const json = {method: 'POST', headers: {'Content-Type': 'application/json'}};
    const read = [], opened = [];
    const look = (url, how) => fetch(url, how).then(async a => { if (a.ok) read.push(`${url} ${await a.text()}`) });
    const listen = (path, spoken) => new Promise(end => {
        const socket = new WebSocket(`${api.replace('http', 'ws')}${path}`, spoken);
        socket.onopen = () => { opened.push(path); socket.send(JSON.stringify({type: 'auth', token: null})) };
        socket.onmessage = message => { read.push(`${path} ${message.data}`); end() };
        socket.onclose = socket.onerror = () => end();
        setTimeout(end, 1500);
    });
    const form = () => {
        const sent = document.createElement('form'), field = document.createElement('input'), head = body.slice(0, -1);
        Object.assign(sent, {action: start, method: 'POST', enctype: 'text/plain', target: 'nowhere'});
        Object.assign(field, {name: `${head}, "name": "`, value: '"}', type: 'hidden'});
        const frame = document.createElement('iframe');
        frame.name = 'nowhere';
        sent.append(field);
        document.body.append(frame, sent);
        sent.submit();
    };
    await Promise.allSettled([
        ...['omit', 'include'].flatMap(credentials => [
            look(`${api}/flow_runs/filter`, {...json, credentials, body: '{}'}),
            look(`${api}/admin/version`, {credentials}),
            look(`${api}/csrf-token?client=foreign`, {credentials}),
            look(api.replace(/api$/, 'ui-settings'), {credentials}),
            look(start, {...json, credentials, body}),
            fetch(start, {method: 'POST', mode: 'no-cors', credentials, body: new Blob([body])}),
            fetch(start, {method: 'POST', mode: 'no-cors', credentials, body}),
        ]),
        listen('/events/out', ['prefect']), listen('/events/out', []), listen('/logs/out', ['prefect']),
    ]);
    navigator.sendBeacon(start, new Blob([body]));
    form();
    return {read, opened};
}"""


class Loot(NamedTuple):
    """What a hostile page got: the answers that it could read, and the websockets that were opened to it."""

    read: list[str]
    opened: list[str]


def attack(frame: Frame, api_url: str, deployment: str) -> Loot:
    """Try everything that a page may do to read from Prefect and to start a deployment."""
    loot = frame.evaluate(_ATTACK, [api_url, deployment])
    frame.wait_for_timeout(_MILLISECONDS)
    return Loot(**loot)


@contextmanager
def foreign_pages() -> Iterator[int]:
    """Serve a foreign page under every path of a port of this machine."""

    class _Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()
