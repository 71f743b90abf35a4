from collections.abc import Iterator
from pathlib import Path

import pytest

from service.options import PrefectOptions
from service.settings import Settings
from tests.support.guarded import Guarded, guarded_server


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(workspace=tmp_path_factory.mktemp("workspace"), prefect=PrefectOptions(port=0))


@pytest.fixture(scope="session")
def guarded(settings: Settings) -> Iterator[Guarded]:
    with guarded_server(settings) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
