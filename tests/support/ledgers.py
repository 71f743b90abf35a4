"""New ledgers for tests. Each is a copy of one that this process made before: migrations and passwords take long."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from models.review import Role
from pipeline.ledger.database import Clock, utc_now
from pipeline.ledger.ledger import Ledger, open_ledger
from tests.support.people import PASSWORD
from tests.support.values import SECRET

Staff = tuple[tuple[str, Role], ...]


def new_ledger(path: Path, *, clock: Clock = utc_now, staff: Staff = ()) -> Ledger:
    """A ledger in a new file, empty but for accounts of these people, who all have the same password."""
    with path.open("xb") as file:
        file.write(_made(staff))
    return open_ledger(f"sqlite:///{path}", SECRET, clock=clock)


@cache
def _made(staff: Staff) -> bytes:
    with TemporaryDirectory(prefix="intake-ledger-") as folder:
        path = Path(folder, "ledger.db")
        ledger = open_ledger(f"sqlite:///{path}", SECRET)
        for name, role in staff:
            ledger.accounts.make(name, role, PASSWORD, by="test")
        ledger.close()
        return path.read_bytes()
