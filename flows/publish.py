"""The task that shows a case on Prefect's pages."""

from prefect import task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.artifacts import Link, field_rows, finding_rows, page_rows, summary
from flows.endings import nothing_quoted
from flows.held import Held, in_thread
from flows.resources import resources
from models.case import Case
from models.result import Result
from pipeline.stores.base import Store
from pipeline.stores.content import content_key

_LINK_SECONDS = 3600


@task(name="publish", retries=2, retry_delay_seconds=[1, 5], cache_policy=NO_CACHE)
async def publish(item_id: str, result: Held[Result], case: Held[Case]) -> None:
    """Write the tables of a result; its values masked, its files by number."""
    with nothing_quoted():
        files = [file.path for file in case.value.files]
        link = picture_link(resources().desk().store, case.value)
        shown = result.value
        pages = await in_thread(page_rows, shown, files, link)
        await _table("findings", item_id, finding_rows(shown, files), summary(shown))
        await _table("fields", item_id, field_rows(shown, files), "读出的内容（已脱敏）")
        await _table("pages", item_id, pages, "页面")


def picture_link(store: Store, case: Case) -> Link:
    """How to come to a file's picture for an hour; None where the store has no links or the file never came."""
    digests = {file.path: file.digest for file in case.files}

    def link(path: str) -> str | None:
        digest = digests.get(path)
        return store.url_for(content_key(digest), seconds=_LINK_SECONDS) if digest else None

    return link


async def _table(kind: str, item_id: str, rows: list[dict[str, str]], description: str) -> None:
    await acreate_table_artifact(key=f"{kind}-{item_id}", table=list(rows), description=description)
