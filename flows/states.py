"""How runs end: in a named state, with codes and never with values."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from prefect import Task
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Completed, Failed

from flows.artifacts.tables import codes_of
from models.errors import BadManifestError, ManifestMissingError, ManifestProblem, PipelineError
from models.masking import mask_numbers
from models.result import DECISION_TITLES, Decision, Result
from models.submission import EnteredChild, Guardian, Submission, SubmittedFile

log = logging.getLogger(__name__)
_STATE_NAMES: Final = {Decision.ACCEPTED: "Accepted", Decision.RETURNED: "Returned", Decision.REVIEW: "NeedsReview"}
_REFUSED: Final = "无法受理：清单（submission.json）不合格，没有建立申请 (the manifest is refused; no case was made)"
_MANIFEST_KEYS: Final = frozenset(
    {"$", "schema"}.union(*(model.model_fields for model in (Submission, EnteredChild, Guardian, SubmittedFile)))
)


class UnforeseenError(Exception):
    """A bug: the kind of the error and its place, without its text, which may quote a document."""


def is_retryable(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether trying the task again may help, as the error says."""
    return isinstance(state.data, PipelineError) and state.data.retryable


@contextmanager
def redacted_errors() -> Iterator[None]:
    """Let PipelineErrors pass, whose texts carry codes and masked ids; replace all others by their kind and place.

    Prefect stores an exception's text and shows it to every user.
    """
    try:
        yield
    except BadManifestError as error:
        raise BadManifestError(tuple(map(_redacted, error.problems))) from None
    except PipelineError as error:
        error.args = tuple(mask_numbers(str(part)) for part in error.args)  # an id that a caller chose is one of them
        raise error from None  # its cause may quote a document
    except Exception as error:  # noqa: BLE001 - Prefect must keep no text of a document
        raise UnforeseenError(f"{type(error).__name__} at {log_unforeseen(error)}") from None


def log_unforeseen(error: Exception, **fields: str) -> str:
    """Log a bug by its kind and places, without its text, which may quote a document; returns the last place."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    log.error("unforeseen error", extra={"kind": type(error).__name__, "places": places, **fields})
    return places[-1] if places else "?"


def _redacted(problem: ManifestProblem) -> ManifestProblem:
    """Without a key that the manifest does not define: the sender wrote it, and it may be anything."""
    known = all(part in _MANIFEST_KEYS or part.isdigit() for part in problem.key.split("."))
    return problem if known else ManifestProblem("(unknown key)", problem.problem)


def concluded(result: Result) -> State[None]:
    """The state of a run with a result: named after the decision, which its message says with the codes.

    Prefect writes both into the last line of the run's log.
    """
    message = " ".join((DECISION_TITLES[result.decision], *codes_of(result)))
    return Completed(name=_STATE_NAMES[result.decision], message=message)


def failed(error: Exception) -> State[None]:
    """The state of a run without a result, named after its error, which its message says."""
    name = type(error).__name__.removesuffix("Error")
    if isinstance(error, BadManifestError | ManifestMissingError):
        return Failed(name=name, message=_REFUSED)
    if isinstance(error, PipelineError):
        return Failed(name=name, message=mask_numbers(str(error)))
    return Failed(name=name, message=str(error) if isinstance(error, UnforeseenError) else "")
