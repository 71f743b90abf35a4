from collections.abc import Iterator
from pathlib import Path

import pytest

from service.options import PrefectOptions
from service.prefect_server import prefect_server
from service.settings import Settings


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(workspace=tmp_path_factory.mktemp("workspace"), prefect=PrefectOptions(port=0))


@pytest.fixture(scope="session")
def api_url(settings: Settings) -> Iterator[str]:
    with prefect_server(settings) as url:
        yield url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
