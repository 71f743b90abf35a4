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
from models.errors import BadManifestError, ManifestProblem, PipelineError
from models.result import Decision, Result
from models.submission import EnteredChild, Guardian, Submission, SubmittedFile

log = logging.getLogger(__name__)
ENDINGS: Final = {Decision.ACCEPTED: "Accepted", Decision.RETURNED: "Returned", Decision.REVIEW: "NeedsReview"}
_MANIFEST_KEYS: Final = frozenset(
    {"$", "schema"}.union(*(model.model_fields for model in (Submission, EnteredChild, Guardian, SubmittedFile)))
)


class UnforeseenError(Exception):
    """A bug of ours: what broke and where, without the text of the error, which may quote a document."""


def is_retryable(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Whether trying the task again may help; the error knows."""
    return isinstance(state.data, PipelineError) and state.data.retryable


@contextmanager
def redacted_errors() -> Iterator[None]:
    """Let our own errors pass, whose texts carry codes and ids; of all others keep the kind and the place only.

    Prefect stores an exception's text and shows it to everybody.
    """
    try:
        yield
    except BadManifestError as error:
        raise BadManifestError(tuple(map(_own_words, error.problems))) from None
    except PipelineError as error:
        raise error from None  # what it came from may quote
    except Exception as error:  # noqa: BLE001 - the wall between what documents say and what Prefect keeps
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
        log.error("unforeseen error", extra={"kind": type(error).__name__, "places": places})  # noqa: TRY400 - no text
        raise UnforeseenError(f"{type(error).__name__} at {places[-1]}") from None


def _own_words(problem: ManifestProblem) -> ManifestProblem:
    """A key that we do not know is the sender's word, and may be anything."""
    known = all(part in _MANIFEST_KEYS or part.isdigit() for part in problem.key.split("."))
    return problem if known else ManifestProblem("(unknown key)", problem.problem)


def concluded(result: Result) -> State[None]:
    """The ending of a case that has a result: named after the decision, its message the codes."""
    return Completed(name=ENDINGS[result.decision], message=" ".join(codes_of(result)) or "no findings")


def failed(error: Exception) -> State[None]:
    """The ending of a run that came to no result, named after what broke."""
    name = type(error).__name__.removesuffix("Error")
    if isinstance(error, PipelineError):
        return Failed(name=name, message=f"exit code {int(error.exit_code)}")
    return Failed(name=name, message=str(error) if isinstance(error, UnforeseenError) else "")
