"""What each sealed value is, and of which row: authenticated with the value, so that none is taken for another."""


def of_case(column: str, submission_id: str, revision: int) -> str:
    """Of a column of a case."""
    return _joined(f"cases.{column}", submission_id, str(revision))


def of_run(submission_id: str, revision: int, ordinal: int) -> str:
    """Of the result of a run."""
    return _joined("runs.result", submission_id, str(revision), str(ordinal))


def of_reading(key: str) -> str:
    """Of a reading."""
    return _joined("readings.payload", key)


def of_content(submission_id: str, revision: int, engine: str, version: str) -> str:
    """Of the content of a case."""
    return _joined("contents.payload", submission_id, str(revision), engine, version)


def of_verdict(submission_id: str, revision: int, decision_id: str) -> str:
    """Of what a person decided."""
    return _joined("reviews.verdict", submission_id, str(revision), decision_id)


def of_batch_item(batch_id: str, number: int, submission_id: str) -> str:
    """Of what is kept of a case that is run again."""
    return _joined("batch_items.payload", batch_id, str(number), submission_id)


def _joined(*parts: str) -> str:
    return "\0".join(parts)
