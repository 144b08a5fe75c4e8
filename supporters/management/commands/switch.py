"""Turn the site's switches where the admin cannot be reached: `manage.py switch --busy`."""

from argparse import BooleanOptionalAction
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from supporters import switches
from supporters.models.site_switches import LONGEST_PAGE
from supporters.switching import turn


class Command(BaseCommand):
    help = "Turns the switches that are named and says how all of them stand."

    def add_arguments(self, parser: CommandParser) -> None:
        for name, action, what in (
            ("signing_paused", "signing", "new signatures"),
            ("mailings_paused", "mailings", "mails of organizers' updates"),
        ):
            turned = parser.add_mutually_exclusive_group()
            for verb, value in (("pause", True), ("resume", False)):
                turned.add_argument(
                    f"--{verb}-{action}",
                    dest=name,
                    action="store_const",
                    const=value,
                    help=f"{verb} {what}",
                )
        parser.add_argument(
            "--busy",
            action=BooleanOptionalAction,
            help="only pages from memory; everything else is told that the site is busy",
        )
        parser.add_argument(
            "--page-seconds",
            type=int,
            metavar=f"1…{LONGEST_PAGE}",
            help="how long pages are kept",
        )

    def handle(self, *, page_seconds: int | None, **options: Any) -> None:
        if page_seconds is not None and not 1 <= page_seconds <= LONGEST_PAGE:
            raise CommandError(f"--page-seconds takes 1 to {LONGEST_PAGE}.")
        asked: dict[str, Any] = {"page_seconds": page_seconds}
        asked |= {name: options[name] for name in ("signing_paused", "mailings_paused", "busy")}
        turn(
            by="manage.py switch",
            **{name: value for name, value in asked.items() if value is not None},
        )
        switches.memory.refresh()
        on = switches.memory.current()
        for name in asked:
            value = getattr(on, name)
            said = ("on" if value else "off") if isinstance(value, bool) else value
            self.stdout.write(f"{name}: {said}")
