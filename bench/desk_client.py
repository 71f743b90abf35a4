"""A client of the review desk that signs in, opens pages and decides; it times each answer to the last byte."""

import http.client
import re
import time
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlencode

from models.review import Role
from tests.support.hospital import Form, form_of
from tests.support.people import PASSWORD

PEOPLE: Final = {"amy": Role.REVIEWER, "ann": Role.REVIEWER}
_FOLLOWING: Final = re.compile(r'href="(/queue\?view=open&amp;after=[^"]+)"')
_ENTERED: Final = "child-name-1"


class Answer(NamedTuple):
    """An answer of the desk, and the milliseconds that it took."""

    status: int
    text: str
    ms: float


class Client:
    """A signed-in client whose connection stays open, as a browser's does."""

    def __init__(self, port: int, name: str) -> None:
        self._origin = f"http://127.0.0.1:{port}"
        self._talking = http.client.HTTPConnection("127.0.0.1", port)
        self._cookie = ""
        self._talk("POST", "/login", {"name": name, "password": PASSWORD})

    def get(self, path: str) -> Answer:
        """A page."""
        return self._talk("GET", path, None)

    def later(self, count: int) -> list[str]:
        """The addresses of the later pages of the queue in order, starting again after the last one."""
        paths, path = list[str](), "/queue?view=open"
        while len(paths) < count:
            found = _FOLLOWING.search(self.get(path).text)
            if found is None:
                break
            path = found[1].replace("&amp;", "&")
            paths.append(path)
        return (paths * count)[:count]

    def accept(self, name: str) -> Answer | None:
        """Decide that the name on the page is the entered one; None if the case does not wait any more."""
        page = self.get(f"/cases/{name}").text
        form = Form(page)
        if "accept" not in form.buttons or "#1" not in form.options.get(f"seen.{_ENTERED}", []):
            return None
        filled = form_of(page, {f"seen.{_ENTERED}": "#1", "outcome": "accept"})
        return self._talk("POST", f"/cases/{name}/decision", filled)

    def _talk(self, method: str, path: str, form: Mapping[str, str] | None) -> Answer:
        headers = {"Cookie": self._cookie, "Origin": self._origin, "Sec-Fetch-Site": "same-origin"}
        body = None if form is None else urlencode(form)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self._talking.request(method, path, body, headers)
        answer = self._talking.getresponse()
        text = answer.read().decode()
        took = (time.perf_counter() - began) * 1000
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self._cookie = cookie.partition(";")[0]
        if answer.status >= 500:
            raise RuntimeError(f"The desk answered {answer.status} to {method} {path}.")
        return Answer(answer.status, text, took)


def browse(port: int, names: Sequence[str]) -> None:
    """Browse until the process is ended: a page of the queue, a case, a pause."""
    client = Client(port, "ann")
    while True:
        for name in names:
            client.get("/queue?view=open")
            client.get(f"/cases/{name}")
            time.sleep(0.1)
