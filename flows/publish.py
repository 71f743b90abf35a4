"""The task that shows a case on Prefect's pages."""

from prefect import task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.artifacts import Link, field_rows, finding_rows, page_rows, summary
from flows.endings import nothing_quoted
from flows.held import Held, in_thread
from flows.resources import resources
from models.case import Case
from models.result import PageOutcome, Result
from pipeline.desk import Desk
from pipeline.pictures import keep_pictures
from pipeline.stores.content import content_key

_LINK_SECONDS = 3600


@task(name="publish", retries=2, retry_delay_seconds=[1, 5], cache_policy=NO_CACHE)
async def publish(item_id: str, result: Held[Result], case: Held[Case]) -> None:
    """Write the tables of a result; its values masked, its files by number."""
    with nothing_quoted():
        desk, shown = resources().desk(), result.value
        files = [file.path for file in case.value.files]
        link = await in_thread(picture_link, case.value, shown, desk)
        pages = await in_thread(page_rows, shown, files, link)
        await _table("findings", item_id, finding_rows(shown, files), summary(shown))
        await _table("fields", item_id, field_rows(shown, files), "读出的内容（已脱敏）")
        await _table("pages", item_id, pages, "页面")


def picture_link(case: Case, result: Result, desk: Desk) -> Link:
    """How to come to a page's picture for an hour; the pictures are drawn only where the store has links."""
    has_links = desk.store.url_for(content_key(case.input_digest), seconds=1) is not None
    keys = keep_pictures(case, result, desk) if has_links else {}

    def link(page: PageOutcome) -> str | None:
        key = keys.get((page.file, page.page_no))
        return desk.store.url_for(key, seconds=_LINK_SECONDS) if key else None

    return link


async def _table(kind: str, item_id: str, rows: list[dict[str, str]], description: str) -> None:
    await acreate_table_artifact(key=f"{kind}-{item_id}", table=list(rows), description=description)
