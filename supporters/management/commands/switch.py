"""Turn the site's switches where the admin cannot be reached: `manage.py switch --busy`."""

from argparse import BooleanOptionalAction
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from supporters import switches
from supporters.models import SiteSwitches
from supporters.models.site_switches import LONGEST_NOTICE, LONGEST_PAGE
from supporters.switching import SCHEDULED, turn

_PLAIN = ("signing_paused", "starting_paused", "mailings_paused", "busy")


class Command(BaseCommand):
    help = "Turns the switches that are named and says how all of them stand."

    def add_arguments(self, parser: CommandParser) -> None:
        for name, action, what in (
            ("signing_paused", "signing", "new signatures"),
            ("starting_paused", "starting", "new petitions"),
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
            "--banner", action=BooleanOptionalAction, help="what staff say above every page"
        )
        parser.add_argument(
            "--say",
            nargs=3,
            action="append",
            default=[],
            metavar=("PLACE", "LANGUAGE", "TEXT"),
            help="the text in one language, '' for none; PLACE is banner, signing or starting",
        )
        parser.add_argument(
            "--when",
            nargs=3,
            action="append",
            default=[],
            metavar=("PLACE", "FROM", "UNTIL"),
            help="2026-12-24T18:00 in the site's time zone, or -; it holds only in between",
        )
        parser.add_argument(
            "--busy",
            action=BooleanOptionalAction,
            help="only pages from memory; all but links, drafts and staff are told that the site "
            "is busy (pause signing a few seconds before, so that those pages say so)",
        )
        parser.add_argument(
            "--page-seconds",
            type=int,
            metavar=f"1…{LONGEST_PAGE}",
            help="how long pages are kept",
        )

    def handle(
        self,
        *,
        page_seconds: int | None,
        say: list[list[str]],
        when: list[list[str]],
        **options: Any,
    ) -> None:
        if page_seconds is not None and not 1 <= page_seconds <= LONGEST_PAGE:
            raise CommandError(f"--page-seconds takes 1 to {LONGEST_PAGE}.")
        asked: dict[str, Any] = {"page_seconds": page_seconds, "banner_shown": options["banner"]}
        asked |= {name: options[name] for name in _PLAIN}
        moments = dict(each for place, *ends in when for each in _moments(place, *ends))
        texts = _texts(say)
        turn(
            by="manage.py switch",
            texts=texts["signing"],
            starting_texts=texts["starting"],
            banner_texts=texts["banner"],
            **{name: value for name, value in asked.items() if value is not None},
            **moments,
        )
        switches.memory.refresh()
        self._tell()

    def _tell(self) -> None:
        """How all stand now, and between which moments those hold that have any."""
        on = switches.memory.current()
        row = SiteSwitches.objects.first()
        for name in ("page_seconds", *_PLAIN, "banner"):
            value = getattr(on, name)
            said = value if name == "page_seconds" else ("on" if value else "off")
            bounds = [
                f"{word} {timezone.localtime(moment):%Y-%m-%dT%H:%M}"
                for word in ("from", "until")
                if (moment := getattr(row, f"{name.removesuffix('_paused')}_{word}", None))
            ]
            self.stdout.write(" ".join([f"{name}: {said}", *bounds]))


def _place(name: str) -> str:
    if name not in SCHEDULED:
        raise CommandError(f"“{name}” is none of {', '.join(SCHEDULED)}.")
    return name


def _texts(say: list[list[str]]) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {place: {} for place in SCHEDULED}
    for place, language, text in say:
        if language not in dict(settings.LANGUAGES):
            raise CommandError(f"“{language}” is no language of this site.")
        if len(text) > LONGEST_NOTICE:
            raise CommandError(f"A text has {LONGEST_NOTICE} characters at most.")
        texts[_place(place)][language] = text
    return texts


def _moments(place: str, *ends: str) -> list[tuple[str, datetime | None]]:
    begins, until = (_moment(each) for each in ends)
    if begins and until and begins >= until:
        raise CommandError(f"{ends[1]} is not after {ends[0]}.")
    return [(f"{_place(place)}_from", begins), (f"{_place(place)}_until", until)]


def _moment(text: str) -> datetime | None:
    if text == "-":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is no time like 2026-12-24T18:00, and no -.") from None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
