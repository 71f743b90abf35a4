"""Prefect's SQLite database, without the refusals that cost seconds each."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.server.database.dependencies import set_database_config
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction


class BeginImmediate(AioSqliteConfiguration):
    """Takes the write lock when a transaction begins, so that SQLite waits for it.

    A transaction that reads first and asks for the lock later is refused at once if anybody wrote meanwhile; Prefect
    answers 503, and its clients sleep two seconds and more.
    """

    @asynccontextmanager
    async def begin_transaction(
        self,
        session: AsyncSession,
        with_for_update: bool = False,  # noqa: ARG002, FBT001, FBT002 - Prefect's signature
    ) -> AsyncGenerator[AsyncSessionTransaction, None]:
        """As Prefect begins the transactions that it knows to need the lock."""
        async with super().begin_transaction(session, with_for_update=True) as transaction:
            yield transaction


def begin_immediately(connection_url: str) -> None:
    """Let the Prefect server of this process work on SQLite so; before its application is created."""
    set_database_config(BeginImmediate(connection_url=connection_url))
