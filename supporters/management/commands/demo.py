"""The site on somebody's own machine, with invented petitions: `manage.py demo`."""

from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from supporters.demo import reset, running
from supporters.demo.seed import ACCOUNTS, MODERATOR, seed


class Command(BaseCommand):
    help = (
        "Starts the site with invented petitions, and its worker, on this machine alone. Ctrl-C "
        "ends both. The next start keeps what was done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--reset",
            action="store_true",
            help="start over: remove the demo's database, mails and pictures",
        )
        parser.add_argument(
            "--port", type=_port, default=settings.PORT, help="default: PORT, or 8000"
        )
        parser.add_argument(
            "--no-serve", action="store_true", help="only prepare the database, then end"
        )

    def handle(self, *, port: int, no_serve: bool, **options: Any) -> None:
        if not settings.PETITIONS_DEMO:
            raise CommandError("The demo is switched off here. Start it with: manage.py demo")
        try:
            if not no_serve:
                running.check_port(port)
            self._prepare(start_over=options["reset"])
            logins = self._logins()
            if no_serve:
                self._say(logins)
            else:
                connections.close_all()  # it only watches from now on
                with reset.not_now():
                    running.run(port, greet=lambda: self._say(self._greeting(port, logins)))
                self._say("The demo has ended.")
        except (reset.NotOurs, running.CannotRun) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self._say("Stopped.")

    def _prepare(self, *, start_over: bool) -> None:
        if start_over:
            reset.start_over()
        self._say("Preparing the database…")
        call_command("migrate", interactive=False, verbosity=0)
        reset.claim_if_empty()
        seed()

    def _greeting(self, port: int, logins: str) -> str:
        site = running.site_url(port)
        lines = [
            f"{settings.SITE_NAME} is running on this machine.",
            "",
            f"  Site   {site}/",
            f"  Admin  {site}/admin/",
        ]
        if "demo.mailbox" in running.mail_backend_path():
            lines.append(f"  Mails  {site}/demo/mail/")
        return "\n".join(
            [
                *lines,
                "",
                logins,
                "",
                "Ctrl-C ends it. The next start keeps what you did; --reset begins anew.",
            ]
        )

    def _logins(self) -> str:
        lines = []
        for account in ACCOUNTS:
            if account.logs_in:
                role = "Moderator" if account is MODERATOR else "Organizer"
                password = account.password if account.password_works() else "(changed since)"
                lines.append(f"  {role}  {account.username:6}password  {password}")
        return "\n".join(lines)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()  # whoever reads a pipe waits for it


def _port(text: str) -> int:
    if text.isascii() and text.isdecimal() and 0 < int(text) < 2**16:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is no port; use a number from 1 to 65535")
