"""`make demo`: the whole service on this machine, with sample uploads as a parent's app would send them.

Not a command of `intake`, since it needs the repository's samples.
"""

import secrets
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from fixtures.truth import KNOWN_CHILDREN, SAMPLES
from models.errors import ExitCode, LedgerError
from models.findings import TITLES
from models.overview import day_of
from models.result import DECISION_TITLES, Decision, Result
from models.review import Role
from models.submission import INBOX, MANIFEST_NAME
from pipeline.ledger.database import utc_now
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.spreadsheets.known_children import read_known_children
from pipeline.stores.base import Store
from pipeline.stores.opening import open_store
from pipeline.workers.process_identity import operator
from service.drawn_secrets import prefect_auth
from service.prefect_server import prefect_server, usable_port
from service.resources import register_secret
from service.service import serve
from service.settings import Settings

_SHOWN: Final = (
    "accepted-certificate",
    "accepted-twin",
    "returned-3002-blur",
    "returned-3002-glare",
    "returned-4005",
    "returned-name",
    "returned-number",
    "returned-missing-child-page",
    "returned-missing-emblem",
    "review-hard-name",
)
_WORKSPACE: Final = Path("workspace/demo")
_MARK: Final = ".demo"  # in a workspace that a demo made
_DESK_PORT: Final = 8098
_GLANCE_SECONDS: Final = 0.3
_PATIENCE_SECONDS: Final = 600.0
_COLOURS = {Decision.ACCEPTED: "green", Decision.RETURNED: "red", Decision.REVIEW: "yellow"}
_console = Console(highlight=False)


def demo(
    *,
    once: Annotated[bool, typer.Option(help="Stop everything when all samples are decided.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Upload every sample, not a choice of ten.")] = False,
    workspace: Annotated[Path, typer.Option(help="Emptied first, if an earlier demo made it.")] = _WORKSPACE,
) -> None:
    """Start the service, upload samples, print what was decided."""
    began = time.monotonic()
    empty(workspace)
    settings = _settings(workspace)
    names = sorted(path.name for path in SAMPLES.iterdir()) if every else _SHOWN
    store, ledger = open_store(settings.store_at), _ledger_with_known_children(settings)
    stop, decided = threading.Event(), threading.Event()
    with prefect_server(settings) as api_url:
        _console.print(
            f"Flow runs:   {api_url.removesuffix('/api')}/runs   sign in with {prefect_auth(settings)}   "
            "(the first pages take a few seconds)",
            soft_wrap=True,
        )
        chosen = _with_desk(settings, ledger, api_url)
        visitor = threading.Thread(
            target=_visit, args=(store, ledger, tuple(names), stop, decided), kwargs={"once": once, "began": began}
        )
        visitor.start()
        code = serve(chosen, stop=stop)
        stop.set()
        visitor.join()
    ledger.close()
    sys.exit(code if code or decided.is_set() else ExitCode.BUG)


def empty(workspace: Path) -> None:
    """Remove what an earlier demo left, and nothing else.

    Raises:
        typer.BadParameter: The folder holds something that no demo made.
    """
    if workspace.exists() and not (workspace / _MARK).exists() and workspace != _WORKSPACE and any(workspace.iterdir()):
        raise typer.BadParameter(f"{workspace} is no workspace of a demo: choose a folder that is empty or not there.")
    shutil.rmtree(workspace, ignore_errors=True)
    workspace.mkdir(parents=True, mode=0o700)
    (workspace / _MARK).touch()


def _settings(workspace: Path) -> Settings:
    """The settings in force, with everything in the workspace and on this machine."""
    settings = Settings()
    prefect = settings.prefect.model_copy(update={"api_url": None, "url": None})
    own = {"workspace": workspace, "store_url": None, "ledger_url": None, "prefect": prefect}
    return settings.model_copy(update=own)


def _with_desk(settings: Settings, ledger: Ledger, api_url: str) -> Settings:
    """The settings with a review desk, where a reviewer and a supervisor may sign in until the demo ends."""
    port, password = usable_port("127.0.0.1", _DESK_PORT), secrets.token_urlsafe(12)
    for name, role in (("reviewer", Role.REVIEWER), ("supervisor", Role.SUPERVISOR)):
        ledger.accounts.make(name, role, password, by="demo")
    _console.print(
        f"Review desk: http://127.0.0.1:{port}/   as reviewer or supervisor, password {password}", soft_wrap=True
    )
    auth = SecretStr(prefect_auth(settings) or "")
    prefect = settings.prefect.model_copy(update={"api_url": api_url, "auth": auth})
    desk = settings.desk.model_copy(update={"port": port, "url": None})
    return settings.model_copy(update={"prefect": prefect, "desk": desk})


def _ledger_with_known_children(settings: Settings) -> Ledger:
    ledger = open_ledger(settings.ledger_at, register_secret(settings))
    known = read_known_children(KNOWN_CHILDREN.read_bytes(), day_of(utc_now()))
    ledger.children.add((row.child for row in known.rows if row.child), operator())
    return ledger


def _visit(
    store: Store,
    ledger: Ledger,
    names: tuple[str, ...],
    stop: threading.Event,
    decided: threading.Event,
    *,
    once: bool,
    began: float,
) -> None:
    """What a parent's app and an onlooker do: upload, wait, read."""
    try:
        for name in names:
            _upload(store, name)
        results = _wait(ledger, names, stop)
        if len(results) == len(names):
            decided.set()
        _console.print(_table(results))
        _console.print(f"{len(results)} of {len(names)} decided after {time.monotonic() - began:.0f} s.")
        if not once:
            _console.print("Ctrl-C stops everything; uploads into the store's inbox/ are taken in until then.")
    finally:
        if once:
            stop.set()


def _upload(store: Store, name: str) -> None:
    """Files first, the manifest last: its arrival is the upload event."""
    files = sorted((SAMPLES / name).iterdir(), key=lambda path: path.name == MANIFEST_NAME)
    for path in files:
        store.put(f"{INBOX}{name}/{path.name}", path.read_bytes(), content_type="application/octet-stream")


def _wait(ledger: Ledger, names: tuple[str, ...], stop: threading.Event) -> dict[str, Result]:
    results: dict[str, Result] = {}
    end = time.monotonic() + _PATIENCE_SECONDS
    columns = (TextColumn("deciding"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_console, transient=True) as bar:
        task = bar.add_task("", total=len(names))
        while len(results) < len(names) and time.monotonic() < end and not stop.wait(_GLANCE_SECONDS):
            for name in names:
                result = results.get(name) or _result(ledger, name)
                if result:
                    results[name] = result
            bar.update(task, completed=len(results))
    return {name: results[name] for name in names if name in results}


def _result(ledger: Ledger, name: str) -> Result | None:
    try:
        return ledger.cases.latest_result(f"sample-{name}")
    except LedgerError:
        return None  # no worker has decided it yet


def _table(results: dict[str, Result]) -> Table:
    table = Table(header_style="bold")
    for heading in ("submission", "decision", "codes", "first finding"):
        table.add_column(heading, overflow="fold")
    for name, result in results.items():
        codes = ", ".join(
            f"{row.code} {TITLES.get(row.code, '')}".strip() + f"/{row.reason}" for row in result.findings
        )
        decision = f"[{_COLOURS[result.decision]}]{DECISION_TITLES[result.decision]}[/]"
        table.add_row(name, decision, codes, result.findings[0].message if result.findings else "")
    return table


if __name__ == "__main__":
    typer.run(demo)
