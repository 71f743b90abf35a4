"""Prefect's database of installations that older commits made: today's server opens it and knows their runs."""

from pathlib import Path

import pytest
from prefect.client.orchestration import SyncPrefectClient
from pydantic import SecretStr

from fixtures.installations.made import load, stored_installations
from fixtures.installations.packing import unpack
from service.options import PrefectOptions
from service.prefect_server import prefect_server
from service.settings import Settings

pytestmark = [pytest.mark.flow, pytest.mark.timeout(180)]
AUTH = "intake:of-the-stored-installation"


@pytest.mark.parametrize("folder", stored_installations(), ids=lambda folder: folder.name)
def test_every_run_is_listed_as_it_ended(folder: Path, tmp_path: Path) -> None:
    unpack(folder, tmp_path)
    settings = Settings(workspace=tmp_path, prefect=PrefectOptions(port=0, auth=SecretStr(AUTH)))
    with prefect_server(settings) as api_url, SyncPrefectClient(api_url, auth_string=AUTH) as client:
        runs = client.read_flow_runs()
        verdicts = client.read_artifacts(limit=200)
    assert tuple(sorted((run.name, run.state_name) for run in runs)) == load(folder).flow_runs
    keys = {str(artifact.key).partition("-")[0] for artifact in verdicts}
    assert keys == {"verdict", "findings", "fields", "pages"}
