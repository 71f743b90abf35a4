"""`intake show`: the latest result of a case."""

from typing import Annotated

import typer

from cli.report import print_report
from cli.workspace import CliContext
from models.messages import Language
from models.result import EXIT_OF_DECISION


def show(
    context: typer.Context,
    submission_id: Annotated[str, typer.Argument(help="The id in the submission's manifest.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The result as one line of JSON.")] = False,
    language: Annotated[Language, typer.Option(help="Of the messages to the parent.")] = Language.ZH_HANS,
) -> int:
    """Print the latest result of a case."""
    place: CliContext = context.obj
    with place.ledger() as ledger:
        result = ledger.cases.latest_result(submission_id)
    if as_json:
        print(result.to_json())
    else:
        print_report(result, language)
    return EXIT_OF_DECISION[result.decision]
