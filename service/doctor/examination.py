"""All checks, one after the other; a check that fails never stops the next one."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from models.errors import ExitCode, PipelineError
from models.hospital import Hospital
from service.doctor import machine, results_and_events, services
from service.doctor.check import Check, CheckState, of_error, wrong
from service.options import is_loopback
from service.settings import Settings, SettingsError, read_policy
from service.settings_checks import problems

OneCheck = Callable[[Settings], Iterator[Check]]


def examine(settings: Settings) -> Iterator[Check]:
    """Check everything that the service needs."""
    for check in CHECKS:
        yield from guarded(check, settings)


def exit_code(checks: Iterable[Check]) -> ExitCode:
    """The exit code of the command: the highest one of the faults."""
    return max((check.code for check in checks if check.state is CheckState.WRONG), default=ExitCode.ACCEPTED)


def guarded(check: OneCheck, settings: Settings) -> Iterator[Check]:
    """Run a check; an error in it becomes an outcome."""
    name = check.__name__.lstrip("_")
    try:
        yield from check(settings)
    except PipelineError as error:
        yield of_error(name, error, code=error.exit_code)
    except Exception as error:  # noqa: BLE001 - the other checks must still run
        found = f"The check itself broke ({type(error).__name__})."
        yield wrong(name, found, "Tell those who maintain this program.", code=ExitCode.BUG)


def _settings(settings: Settings) -> Iterator[Check]:
    """The settings that `intake serve` refuses, but for the policy, which has its own check."""
    found = problems(settings.model_copy(update={"policy_file": None}))
    for problem in found:
        yield of_error("settings", problem, code=ExitCode.USAGE)
    if settings.receiver.port is not None and not is_loopback(settings.receiver.host):
        sentence = "Other machines reach the receiver, and tokens travel in clear unless TLS stands in front."
        yield Check(
            "settings", CheckState.WARNING, sentence, "Put TLS in front, and INTAKE_RECEIVER__HOST on 127.0.0.1."
        )
    if not found:
        yield Check("settings", CheckState.OK, "No setting is misspelt or unsafe.")


def _policy(settings: Settings) -> Iterator[Check]:
    try:
        read_policy(settings.policy_file)
    except SettingsError as error:
        yield wrong("policy", str(error), "Correct the file that INTAKE_POLICY_FILE names.")
    else:
        yield Check("policy", CheckState.OK, "The hospital's rules can be used.")


def _hospital(settings: Settings) -> Iterator[Check]:
    name = settings.hospital.name
    if name == Hospital().name:
        to_do = "Set INTAKE_HOSPITAL__NAME, or leave it empty where a gateway signs."
        yield Check("hospital", CheckState.WARNING, f"Short notices to parents are signed {name}.", to_do)
    else:
        yield Check("hospital", CheckState.OK, "Notices to parents have this hospital's signature, or a gateway's.")


CHECKS: Final[tuple[OneCheck, ...]] = (
    _settings,
    _policy,
    _hospital,
    services.models,
    services.typefaces,
    services.store,
    services.ledger,
    results_and_events.events,
    results_and_events.results,
    services.prefect,
    machine.disks,
    machine.memory,
    machine.cores,
    machine.modes,
)
