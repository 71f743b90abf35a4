"""Servers that tests of any room may ask for; each starts once a session, and only if asked for."""

from hypothesis import settings

from tests.support.postgres import postgres_server, postgres_url
from tests.support.rgw import gateway

pytest_plugins = ("tests.support.canary_watch", "tests.support.chromium")

__all__ = ["gateway", "postgres_server", "postgres_url"]

settings.register_profile("patient", deadline=None)  # machines are noisy; pytest's timeout ends what hangs
settings.register_profile("quick", deadline=None, max_examples=15)  # for mutants, of which there are thousands
settings.load_profile("patient")
