"""Prefect's SQLite database, without refused transactions that cost seconds each."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.server.database.dependencies import set_database_config
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction


class BeginImmediate(AioSqliteConfiguration):
    """Takes the write lock when a transaction begins, so that SQLite waits for it.

    SQLite refuses at once a transaction that reads first and takes the lock later, if another one wrote meanwhile;
    Prefect then answers 503, and its clients sleep two seconds or more.
    """

    @asynccontextmanager
    async def begin_transaction(
        self,
        session: AsyncSession,
        with_for_update: bool = False,  # noqa: ARG002, FBT001, FBT002 - Prefect's signature
    ) -> AsyncGenerator[AsyncSessionTransaction, None]:
        """Begin every transaction as Prefect begins those for which it wants the lock."""
        async with super().begin_transaction(session, with_for_update=True) as transaction:
            yield transaction


def begin_immediately(connection_url: str) -> None:
    """Use BeginImmediate in the Prefect server of this process; call it before the application is created."""
    set_database_config(BeginImmediate(connection_url=connection_url))
