"""The process that answers at the review desk."""

from service.settings import Settings
from web.desk.app import application
from web.server import serve_app


def run(settings: Settings) -> None:
    """Answer people until SIGTERM; the main function of a process of its own."""
    serve_app(application, settings, host=settings.desk.host, port=settings.desk.port)
