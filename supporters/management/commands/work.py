"""Send mail, give positions, close petitions whose date has come: `manage.py work`."""

import signal
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from supporters.worker import Worker


class Command(BaseCommand):
    help = (
        "Does what the site does behind its pages: sends mail, gives positions, closes petitions "
        "whose date has come, erases what was never confirmed. Any number may run at a time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once",
            action="store_true",
            help="do everything once and end, for cron; a failure ends with status 1",
        )

    def handle(self, *, once: bool, **options: Any) -> None:
        worker = Worker()
        _stop_on_signals(worker)
        if not once:
            worker.run()
        elif not worker.once():
            raise CommandError("Not everything went well; the log has the reasons.")


def _stop_on_signals(worker: Worker) -> None:
    """SIGTERM and Ctrl-C end it cleanly; pressed twice, at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        worker.stop()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
