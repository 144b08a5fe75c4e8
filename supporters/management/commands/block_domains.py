"""Load a list of domains that cannot sign, such as disposable ones: `manage.py block_domains`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from petitions.models import StaffAct
from supporters.blocking import Kind, domain_value, key_of
from supporters.models import SiteBlock

_TOLD = 10  # lines that are no domain


class Command(BaseCommand):
    help = (
        "Blocks the domains of a file, one a line; # begins a comment. The list takes the place of "
        "the one that was loaded before; what moderators blocked themselves stays. Without a file "
        "nothing is listed: the site brings no list of its own."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("file", nargs="?", type=Path, help="in UTF-8")
        where.add_argument("--clear", action="store_true", help="end the list that was loaded")

    def handle(self, *, file: Path | None = None, clear: bool = False, **options: Any) -> None:
        domains = set() if clear or file is None else _read(file)
        with transaction.atomic():
            listed = SiteBlock.objects.filter(is_listed=True)
            gone = [block.pk for block in listed.only("pk", "value") if block.value not in domains]
            for start in range(0, len(gone), 1_000):
                SiteBlock.objects.filter(pk__in=gone[start : start + 1_000]).delete()
            SiteBlock.objects.bulk_create(
                (
                    SiteBlock(
                        kind=Kind.DOMAIN,
                        value=domain,
                        key=key_of(Kind.DOMAIN, domain),
                        reason=file.name[:500] if file else "",
                        is_listed=True,
                    )
                    for domain in sorted(domains)
                ),
                batch_size=1_000,
                ignore_conflicts=True,  # there already, or blocked by a moderator
            )
            verb = StaffAct.Verb.BLOCKED if domains else StaffAct.Verb.UNBLOCKED
            StaffAct.record(by=None, verb=verb, note=f"List of domains: {len(domains)}")
        self.stdout.write(f"{len(domains)} domains are listed.")


def _read(file: Path) -> set[str]:
    """The domains. Raises CommandError, and nothing is changed, where a line is none."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error
    domains, wrong = set(), []
    for number, line in enumerate(lines, start=1):
        typed = line.partition("#")[0].strip()
        if not typed:
            continue
        try:
            domains.add(domain_value(typed))
        except ValueError:
            wrong.append(f"line {number}: {typed}")
    if wrong:
        more = f", and {len(wrong) - _TOLD} more" if len(wrong) > _TOLD else ""
        raise CommandError("No domains: " + "; ".join(wrong[:_TOLD]) + more)
    if not domains:
        raise CommandError(f"{file} names no domain. To end the list: --clear")
    return domains
