"""Many stored cases at once, with all that judging them again takes."""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, select

from pipeline.ledger import cases, runs
from pipeline.ledger.contents import unpacked
from pipeline.ledger.tables import contents
from pipeline.ledger.values import Content, Stored


def stored(connection: Connection, submission_ids: Sequence[str], version: str) -> tuple[Stored, ...]:
    """The latest revisions of those that have a result, in the order of the ids; with content of this version."""
    results, found = runs.latest_of(connection, submission_ids), cases.latest_of(connection, submission_ids)
    ids = [case_id for case_id, _ in found.values()]
    wanted = (contents.c.case_id.in_(ids), contents.c.version == version)
    kept = {row.case_id: row for row in connection.execute(select(contents).where(*wanted))}
    told = [(submission_id, *found[submission_id]) for submission_id in submission_ids if submission_id in results]
    return tuple(
        Stored(case, results[submission_id], _content(submission_id, kept[case_id]) if case_id in kept else None)
        for submission_id, case_id, case in told
    )


def _content(submission_id: str, row: Row[tuple[object, ...]]) -> Content:
    return Content(row.engine, row.version, unpacked(submission_id, row.payload))
