"""The tasks that show on Prefect's pages why a run ended so."""

from collections.abc import Sequence

from prefect import task
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.artifacts import Link, field_rows, finding_rows, page_rows, summary
from flows.endings import nothing_quoted
from flows.held import Held, in_thread
from flows.resources import resources
from flows.verdict import refusal, verdict
from models.case import Case
from models.errors import ManifestProblem
from models.result import PageOutcome, Result
from pipeline.desk import Desk
from pipeline.pictures import keep_pictures
from pipeline.side_by_side import side_by_side
from pipeline.stores.content import content_key

_LINK_SECONDS = 3600


@task(name="publish", retries=2, retry_delay_seconds=[1, 5], cache_policy=NO_CACHE)
async def publish(item_id: str, result: Held[Result], case: Held[Case]) -> None:
    """Write why it ended so, then the tables; values masked, files by number."""
    with nothing_quoted():
        holder, shown = resources(), result.value
        desk, files = holder.desk(), [file.path for file in case.value.files]
        await _words(item_id, verdict(shown, files, holder.settings.desk.address), summary(shown))
        link = await in_thread(picture_link, case.value, shown, desk)
        pages = await in_thread(page_rows, shown, files, link)
        compared = side_by_side(case.value.submission, shown, desk.policy)
        await _table("findings", item_id, finding_rows(shown, files), "问题和下一步")
        await _table("fields", item_id, field_rows(compared, files), "录入和各证件并排（已脱敏）")
        await _table("pages", item_id, pages, "页面")


@task(name="publish refusal", retries=2, retry_delay_seconds=[1, 5], cache_policy=NO_CACHE)
async def publish_refusal(item_id: str, problems: Held[Sequence[ManifestProblem]]) -> None:
    """Write why no case came of an upload."""
    with nothing_quoted():
        await _words(item_id, refusal(problems.value), "无法受理")


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


async def _words(item_id: str, text: str, description: str) -> None:
    await acreate_markdown_artifact(key=f"verdict-{item_id}", markdown=text, description=description)
