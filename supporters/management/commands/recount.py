"""Check every number of supporters against its rows: `manage.py recount`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, SystemCheckError

from petitions.models import Petition
from supporters.audit import Drift, drifts, unhurried

# The status it ends with. Not 1, with which Python ends for whatever it failed at.
NOT_CHECKED, DRIFTED = 2, 3


class Command(BaseCommand):
    help = (
        "Checks the number of supporters of every petition against its signatures and "
        f"adjustments. Reports what does not add up and ends with status {DRIFTED}; changes "
        f"nothing. Status {NOT_CHECKED}: could not be checked."
    )

    requires_system_checks = ()  # they ask the database: handle() runs them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--petition", metavar="SLUG", help="check only this one")

    def handle(self, *, petition: str | None, **options: Any) -> None:
        try:
            self.check()
            with unhurried():
                checked, found = _check(petition)
        except Exception as error:  # whatever it is, no number is known to have drifted
            said = _what_it_says(error)
            raise CommandError(f"Nothing was checked: {said}", returncode=NOT_CHECKED) from error
        if not checked and petition is not None:
            raise CommandError(f"There is no petition “{petition}”.", returncode=NOT_CHECKED)
        for drift in found:
            if drift.supporter_count != drift.counted:
                self.stdout.write(
                    f"{drift.slug}: supporter_count is {drift.supporter_count}, positions and "
                    f"adjustments make {drift.counted} ({drift.supporter_count - drift.counted:+})"
                )
            if drift.standing != drift.remaining:
                self.stdout.write(
                    f"{drift.slug}: {drift.standing} signatures with a position are confirmed, "
                    f"positions and endings make {drift.remaining} "
                    f"({drift.standing - drift.remaining:+})"
                )
        if found:
            raise CommandError(f"{len(found)} of {checked} petitions drifted.", returncode=DRIFTED)
        self.stdout.write(f"Checked {checked}: all add up.")


def _check(slug: str | None) -> tuple[int, list[Drift]]:
    """How many petitions there are to check, and those that drifted."""
    petitions = Petition.objects.all() if slug is None else Petition.objects.filter(slug=slug)
    return petitions.count(), drifts(slug)


def _what_it_says(error: Exception) -> str:
    if isinstance(error, SystemCheckError):
        return str(error)  # every check's, with its hint
    return f"{type(error).__name__}: {error}".partition("\n")[0]
