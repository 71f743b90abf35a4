"""What the contract suites run against: each store, each ledger."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine

from models.review import Role
from pipeline.ledger.ledger import Ledger, open_ledger
from pipeline.stores.base import Store
from pipeline.stores.opening import open_store
from pipeline.stores.options import SealingOptions, StoreOptions
from tests.support.ledgers import new_ledger
from tests.support.people import PASSWORD
from tests.support.values import SECRET

OpenStore = Callable[[], Store]


SEALING = SealingOptions(keyring=SecretStr("0f" * 32))


@pytest.fixture(
    params=[
        "folder",
        "sealed folder",
        pytest.param("s3", marks=pytest.mark.s3),
        pytest.param("s3 with versions", marks=pytest.mark.s3),
        pytest.param("sealed s3", marks=pytest.mark.s3),
        pytest.param("sealed s3 with versions", marks=pytest.mark.s3),
    ]
)
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    """Opens the same, at first empty, store as often as called."""
    sealing = SEALING if "sealed" in request.param else SealingOptions()
    if "folder" in request.param:
        yield lambda: open_store(f"file:{tmp_path}/store", StoreOptions(sealing=sealing))
        return
    gateway = request.getfixturevalue("gateway")
    bucket = gateway.new_bucket(versioned="versions" in request.param)
    yield lambda: open_store(f"s3://{bucket}", gateway.options.model_copy(update={"sealing": sealing}))


@pytest.fixture
def store(reopen: OpenStore) -> Store:
    return reopen()


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Names an empty database."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
def ledger(url: str, clock: Clock) -> Iterator[Ledger]:
    file = url.removeprefix("sqlite:///")
    opened = new_ledger(Path(file), clock=clock) if file != url else open_ledger(url, SECRET, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """The database, for somebody who comes by another way than ours."""
    made = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    yield made
    made.dispose()


@pytest.fixture
def people(ledger: Ledger) -> Ledger:
    """A ledger with one person who may sign in."""
    ledger.accounts.make("amy", Role.REVIEWER, PASSWORD, by="test")
    return ledger
