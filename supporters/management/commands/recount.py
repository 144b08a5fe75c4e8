"""Check every number of supporters against its rows: `manage.py recount`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from petitions.models import Petition
from supporters.audit import drifts


class Command(BaseCommand):
    help = (
        "Checks the number of supporters of every petition against its signatures and "
        "adjustments. Reports what does not add up and ends with status 1; changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--petition", metavar="SLUG", help="check only this one")

    def handle(self, *, petition: str | None, **options: Any) -> None:
        petitions = Petition.objects.all()
        if petition is not None:
            petitions = petitions.filter(slug=petition)
            if not petitions.exists():
                raise CommandError(f"There is no petition “{petition}”.")
        found = drifts(petition)
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
        checked = petitions.count()
        if found:
            raise CommandError(f"{len(found)} of {checked} petitions drifted.")
        self.stdout.write(f"Checked {checked}: all add up.")
