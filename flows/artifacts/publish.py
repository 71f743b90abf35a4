"""What Prefect's pages show of a run: its verdict, the judgement in two parts, and tables; all values masked."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from prefect import get_client
from prefect.artifacts import acreate_table_artifact
from prefect.client.schemas.actions import ArtifactCreate
from prefect.runtime import flow_run

from flows.artifacts.tables import field_rows, finding_rows, page_rows, summary
from flows.artifacts.verdict import judgement, refusal, verdict
from flows.states import redacted_errors
from models.case import Case
from models.errors import ManifestProblem
from models.result import Result
from pipeline.review.field_comparison import compare_fields
from service.resources import resources

log = logging.getLogger(__name__)
_PAUSES: Final = (1.0, 5.0)  # seconds, before what could not be shown is tried again


async def show(item_id: str, *parts: Callable[[], Awaitable[None]]) -> None:
    """Show parts of what became of an upload, in this order; a part that cannot be shown only gives a warning."""
    left = [part for part in parts if not await _is_shown(item_id, part)]
    for pause in _PAUSES:
        if not left:
            return
        await asyncio.sleep(pause)
        left = [part for part in left if not await _is_shown(item_id, part)]


async def show_result(item_id: str, result: Result, case: Case, judge_run_id: UUID) -> None:
    """Show a recorded result, from the task that recorded it.

    Args:
        item_id: Of the inbox item.
        result: As it is recorded.
        case: Whose it is.
        judge_run_id: The task run that judged the case; the judgement is shown as an artifact of it.
    """
    await show(
        item_id,
        partial(_publish_verdict, item_id, result, case),
        partial(_publish_judgement, item_id, result, case, judge_run_id),
        partial(_publish_tables, item_id, result, case),
    )


async def publish_refusal(item_id: str, problems: Sequence[ManifestProblem]) -> None:
    """Write why an upload gave no case, in the verdict's place."""
    with redacted_errors():
        await _publish_text("verdict", item_id, refusal(problems), "无法受理")


async def _is_shown(item_id: str, part: Callable[[], Awaitable[None]]) -> bool:
    try:
        await part()
    except Exception as error:  # noqa: BLE001 - the result is recorded, shown or not
        log.warning("what became of an upload is not shown", extra={"item_id": item_id, "kind": type(error).__name__})
        return False
    return True


async def _publish_verdict(item_id: str, result: Result, case: Case) -> None:
    with redacted_errors():
        text = verdict(result, _paths(case), resources().settings.desk.address)
        await _publish_text("verdict", item_id, text, summary(result))


async def _publish_judgement(item_id: str, result: Result, case: Case, judge_run_id: UUID) -> None:
    with redacted_errors():
        await _publish_text("judgement", item_id, judgement(result, _paths(case)), "判定", judge_run_id)


async def _publish_tables(item_id: str, result: Result, case: Case) -> None:
    with redacted_errors():
        context, files = resources().context(), _paths(case)
        pages = page_rows(result, files, resources().settings.desk.address)
        compared = compare_fields(case.submission, result, context.policy)
        await _publish_table("findings", item_id, finding_rows(result, files), "问题和下一步")
        await _publish_table("fields", item_id, field_rows(compared, result, files), "家长填写与各证件并排（已脱敏）")
        await _publish_table("pages", item_id, pages, "页面")


async def _publish_table(kind: str, item_id: str, rows: list[dict[str, str]], description: str) -> None:
    await acreate_table_artifact(key=f"{kind}-{item_id}", table=list(rows), description=description)


async def _publish_text(kind: str, item_id: str, text: str, description: str, task_run_id: UUID | None = None) -> None:
    """Write Markdown, as the flow's own unless a task run is named: Prefect shows the flow's own before the rest."""
    artifact = ArtifactCreate(
        type="markdown",
        key=f"{kind}-{item_id}",
        data=text,
        description=description,
        flow_run_id=UUID(flow_run.id),
        task_run_id=task_run_id,
    )
    async with get_client() as client:
        await client.create_artifact(artifact)


def _paths(case: Case) -> tuple[str, ...]:
    return tuple(file.path for file in case.files)
