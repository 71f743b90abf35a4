"""Fixtures for tests of all rooms: servers, each started at most once a session on first use, and published schemas."""

import pytest
from hypothesis import settings

from tests.support.postgres import postgres_server, postgres_url
from tests.support.rgw import gateway
from tests.support.schemas import results_fit

pytest_plugins = ("tests.support.canary_watch", "tests.support.chromium", "tests.support.collected")

__all__ = ["gateway", "postgres_server", "postgres_url", "results_fit"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that runs the contract suite of OCR engines against another one."""
    parser.addoption("--engine", help="an OCR engine as module:NAME, for tests/contracts/test_engines.py")


# Load makes deadlines flaky; pytest's timeout ends tests that hang. Examples are others in every run, and add up.
settings.register_profile("patient", deadline=None, max_examples=50)
settings.register_profile("quick", deadline=None, max_examples=15)  # for mutants, of which there are thousands
settings.load_profile("patient")
