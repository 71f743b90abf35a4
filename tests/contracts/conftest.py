"""Servers for the contract suites."""

from tests.support.postgres import postgres_server as postgres_server
from tests.support.postgres import postgres_url as postgres_url
from tests.support.rgw import gateway as gateway
