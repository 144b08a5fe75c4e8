"""`manage.py rebuild_search`: write every search document again, and drop those of nobody."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from tqdm import tqdm

from petitions import search
from petitions.models import Petition

BATCH = 200


class Command(BaseCommand):
    help = (
        "Index all petitions for the search again: after a restored backup, or when a release "
        "cuts words differently. Can run while the site does."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        ids = list(Petition.objects.order_by("pk").values_list("pk", flat=True))
        with tqdm(total=len(ids), unit="petition", disable=None) as bar:
            for start in range(0, len(ids), BATCH):
                batch = ids[start : start + BATCH]
                with transaction.atomic():
                    # Locked, or a text that is changed meanwhile would be indexed as it was.
                    rows = Petition.objects.filter(pk__in=batch).order_by("pk")
                    rows = rows.select_related("organizer")
                    search.index(*rows.select_for_update(no_key=True, of=("self",)))
                bar.update(len(batch))
        stale = search.drop_stale()
        self.stdout.write(f"{len(ids)} petitions indexed, {stale} stale documents dropped.")
