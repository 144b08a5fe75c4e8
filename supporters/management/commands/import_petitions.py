"""`manage.py import_petitions FILE.jsonl --source "…"`. Format: supporters/import_lines.py."""

import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from petitions.models import Petition
from supporters.imports import Fate, Import


class Command(BaseCommand):
    help = (
        "Import petitions from JSON Lines. Doing it again imports what is new and follows counts "
        "that changed; nothing else of what is here changes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.jsonl")
        parser.add_argument(
            "--source", required=True, help="where they come from; readers see this text"
        )
        parser.add_argument(
            "--open",
            action="store_true",
            help="open petitions can be signed here; without it all can only be read",
        )
        parser.add_argument(
            "--language",
            default=settings.LANGUAGE_CODE,
            help="of petitions that name none (default: %(default)s)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="check and report; store nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        job = Import(
            source=_fitting(options["source"].strip(), "source"),
            language=_fitting(options["language"], "language"),
            read_only=not options["open"],
            dry_run=options["dry_run"],
        )
        path: Path = options["file"]
        start = time.monotonic()
        fates: Counter[str] = Counter()
        try:
            with (
                path.open("rb") as file,
                # Only on a terminal (disable=None).
                tqdm(total=path.stat().st_size, unit="B", unit_scale=True, disable=None) as bar,
            ):
                for fate in job.run(_watched(file, bar), refuse=self._refuse):
                    fates[fate] += 1
        except OSError as problem:
            raise CommandError(f"{path}: {problem.strerror}") from None
        self._report(fates, seconds=time.monotonic() - start, dry_run=job.dry_run)

    def _refuse(self, number: int, why: str) -> None:
        with tqdm.external_write_mode():
            self.stderr.write(f"line {number}: {why}")

    def _report(self, fates: Counter[str], *, seconds: float, dry_run: bool) -> None:
        parts = ", ".join(f"{fates[fate]} {fate}" for fate in Fate)
        ending = " Nothing was stored (dry run)." if dry_run else ""
        self.stdout.write(f"{fates.total()} lines in: {parts}; {seconds:.1f} s.{ending}")


def _watched(file: BinaryIO, bar: "tqdm[Any]") -> Iterator[bytes]:
    for line in file:
        bar.update(len(line))
        yield line


def _fitting(text: str, field: str) -> str:
    longest = getattr(Petition, field).field.max_length
    if not 0 < len(text) <= longest:
        raise CommandError(f"--{field} must have 1 to {longest} characters.")
    return text
