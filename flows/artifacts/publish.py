"""What shows on Prefect's pages why a run ended so: the words by the flow itself, the tables by a task."""

from collections.abc import Sequence

from prefect import task
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.artifacts.tables import Link, field_rows, finding_rows, page_rows, summary
from flows.artifacts.verdict import refusal, verdict
from flows.leases import Opaque
from flows.states import redacted_errors
from models.case import Case
from models.errors import ManifestProblem
from models.result import PageOutcome, Result
from pipeline.cases.context import PipelineContext
from pipeline.cases.page_images import keep_page_images
from pipeline.review.field_comparison import compare_fields
from pipeline.stores.content import content_key
from service.resources import resources
from service.threads import run_in_thread

_LINK_SECONDS = 3600


async def publish_verdict(item_id: str, result: Result, case: Case) -> None:
    """Write the verdict. Called by the flow and not by a task: Prefect shows what is the flow's own before the rest."""
    with redacted_errors():
        text = verdict(result, _paths(case), resources().settings.desk.address)
        await _words(item_id, text, summary(result))


async def publish_refusal(item_id: str, problems: Sequence[ManifestProblem]) -> None:
    """Write why no case came of an upload, in the verdict's place."""
    with redacted_errors():
        await _words(item_id, refusal(problems), "无法受理")


@task(name="publish", task_run_name="show 展示", retries=2, retry_delay_seconds=[1, 5], cache_policy=NO_CACHE)
async def publish_tables(item_id: str, result: Opaque[Result], case: Opaque[Case]) -> None:
    """Write the tables of a result; its values masked, its files by number."""
    with redacted_errors():
        desk, shown, files = resources().desk(), result.value, _paths(case.value)
        link = await run_in_thread(picture_link, case.value, shown, desk)
        pages = await run_in_thread(page_rows, shown, files, link)
        compared = compare_fields(case.value.submission, shown, desk.policy)
        await _table("findings", item_id, finding_rows(shown, files), "问题和下一步")
        await _table("fields", item_id, field_rows(compared, files), "录入和各证件并排（已脱敏）")
        await _table("pages", item_id, pages, "页面")


def picture_link(case: Case, result: Result, desk: PipelineContext) -> Link:
    """How to come to a page's picture for an hour; the pictures are drawn only where the store has links."""
    has_links = desk.store.url_for(content_key(case.input_digest), seconds=1) is not None
    keys = keep_page_images(case, result, desk) if has_links else {}

    def link(page: PageOutcome) -> str | None:
        key = keys.get((page.file, page.page_no))
        return desk.store.url_for(key, seconds=_LINK_SECONDS) if key else None

    return link


async def _table(kind: str, item_id: str, rows: list[dict[str, str]], description: str) -> None:
    await acreate_table_artifact(key=f"{kind}-{item_id}", table=list(rows), description=description)


async def _words(item_id: str, text: str, description: str) -> None:
    await acreate_markdown_artifact(key=f"verdict-{item_id}", markdown=text, description=description)


def _paths(case: Case) -> tuple[str, ...]:
    return tuple(file.path for file in case.files)
