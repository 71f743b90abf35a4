"""The process that answers at the review desk."""

from flows.settings import Settings
from flows.web.desk.app import application
from flows.web.serving import answer


def run(settings: Settings) -> None:
    """Answer people until SIGTERM; the main function of a process of its own."""
    answer(application, settings, host=settings.desk.host, port=settings.desk.port)
