"""Check every number of supporters against its rows: `manage.py recount`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error

from petitions.models import Petition
from supporters.audit import Drift, drifts, unhurried

NOT_CHECKED = 2  # the status it ends with; 1 says that numbers drifted


class Command(BaseCommand):
    help = (
        "Checks the number of supporters of every petition against its signatures and "
        "adjustments. Reports what does not add up and ends with status 1; changes nothing. "
        f"Status {NOT_CHECKED}: could not be checked."
    )

    requires_system_checks = ()  # they ask the database: handle() runs them

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--petition", metavar="SLUG", help="check only this one")

    def handle(self, *, petition: str | None, **options: Any) -> None:
        try:
            self.check()
            with unhurried():
                checked, found = _check(petition)
        except Error as error:
            said = str(error).partition("\n")[0]
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
            raise CommandError(f"{len(found)} of {checked} petitions drifted.")
        self.stdout.write(f"Checked {checked}: all add up.")


def _check(slug: str | None) -> tuple[int, list[Drift]]:
    """How many petitions there are to check, and those that drifted."""
    petitions = Petition.objects.all() if slug is None else Petition.objects.filter(slug=slug)
    return petitions.count(), drifts(slug)
