"""The files that pages are made of, each under a tag of its content, so that browsers keep them until they change."""

from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Final, NamedTuple

from starlette.responses import Response

from web.desk.errors import ErrorKind, PageError
from web.desk.request_context import RequestContext

STATIC: Final = Path(__file__).parent / "static"
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}  # nothing else is handed out
_KEPT: Final = "no-cache"  # kept, and asked for again before it is used


class _File(NamedTuple):
    body: bytes
    kind: str
    tag: str


def static(context: RequestContext) -> Response:
    """One of our files."""
    file = _files().get(context.request.path_params["file"])
    if file is None:
        raise PageError(ErrorKind.MISSING)
    headers = {"ETag": file.tag, "Cache-Control": _KEPT}
    if context.request.headers.get("if-none-match") == file.tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(file.body, headers=headers, media_type=file.kind)


@cache
def _files() -> dict[str, _File]:
    return {path.name: _file(path) for path in STATIC.iterdir() if path.suffix in _TYPES}


def _file(path: Path) -> _File:
    body = path.read_bytes()
    return _File(body, _TYPES[path.suffix], f'"{sha256(body).hexdigest()[:32]}"')
