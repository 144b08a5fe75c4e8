"""The watch: what is unusual about the latest signatures.

Only the newest rows are read, whatever else there is. A suspicion is no verdict: a school signs
from one network, a newspaper brings a thousand in an hour. So it changes nothing but a list, which
moderators are told of (moderation/telling.py).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Sum
from django.utils import timezone

from petitions import clock
from supporters.models import HourlyCount, Signature, Suspicion

LOOKED_AT = 10_000  # of the newest signatures of the whole site
LATELY = timedelta(hours=1)
# From when on it is unusual, in an hour and on one petition.
MANY, SHARE = 25, 30  # signatures of one domain or network, and percent of all
TIMES = 3  # as large a share as that domain had before
SAME_NAME = 10
RATE, RATE_TIMES = 200, 10  # signatures, and times as many as in an hour of the last week
_COMPARED = 200  # earlier signatures without which nothing is known of what is usual
_WEEK = timedelta(days=7)
_LONGEST = 254  # of a value
# Where nothing is known: what mailboxes mostly are.
_COMMON = frozenset({
    "gmail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com",
    "aol.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "orange.fr", "free.fr", "hotmail.fr",
    "yahoo.fr", "yahoo.es", "hotmail.es", "libero.it", "yahoo.co.uk", "hotmail.co.uk",
    "btinternet.com", "proton.me", "protonmail.com", "mail.ru", "yandex.ru", "qq.com", "163.com",
})  # fmt: skip

Kind = Suspicion.Kind


class _Row(NamedTuple):
    petition: int
    domain: str
    name: str
    network: str


def watch() -> int:
    """Note what is new. Returns how many."""
    now = clock.now()
    lately, before = _newest(now)
    usual = Counter(row.domain for row in before)
    of_petition: dict[int, list[_Row]] = defaultdict(list)
    for row in lately:
        of_petition[row.petition].append(row)
    found = []
    for petition, rows in of_petition.items():
        for kind, value, number in [
            *_unusual(rows, usual, len(before)),
            *_rate(petition, len(rows), now),
        ]:
            found.append(
                Suspicion(
                    petition_id=petition,
                    kind=kind,
                    value=value[:_LONGEST],
                    number=number,
                    looked_at=len(rows),
                    on=timezone.localdate(now),
                    noted_at=now,
                )
            )
    known = Suspicion.objects.filter(on=timezone.localdate(now))
    seen = set(known.values_list("petition_id", "kind", "value"))
    new = [each for each in found if (each.petition_id, each.kind, each.value) not in seen]
    Suspicion.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _newest(now: datetime) -> tuple[list[_Row], list[_Row]]:
    """Of the last hour, and before it."""
    rows = (
        Signature.objects.order_by("-pk")
        .values_list(
            "petition_id", "email_key", "given_name", "family_name", "network", "created_at",
            "kind", "is_organizer",
        )[:LOOKED_AT]
    )  # fmt: skip
    lately: list[_Row] = []
    before: list[_Row] = []
    for petition, key, given, family, network, at, kind, own in rows:
        if kind != Signature.Kind.ONLINE or own or not key:
            continue
        name = " ".join(f"{given} {family}".split()).lower()
        row = _Row(petition, key.rpartition("@")[2], name, network or "")
        (lately if at > now - LATELY else before).append(row)
    return lately, before


def _unusual(
    rows: list[_Row], usual: Counter[str], number_before: int
) -> Iterable[tuple[str, str, int]]:
    whole = len(rows)
    for domain, number in Counter(row.domain for row in rows).most_common():
        if number < MANY or number * 100 < whole * SHARE:
            break
        if number_before < _COMPARED:
            is_usual = domain in _COMMON
        else:
            is_usual = number * number_before < TIMES * usual[domain] * whole
        if not is_usual:
            yield Kind.DOMAIN, domain, number
    for network, number in Counter(row.network for row in rows if row.network).most_common():
        if number < MANY or number * 100 < whole * SHARE:
            break
        yield Kind.NETWORK, network, number
    for name, number in Counter(row.name for row in rows).most_common():
        if number < SAME_NAME:
            break
        yield Kind.NAME, name, number


def _rate(petition: int, number: int, now: datetime) -> Iterable[tuple[str, str, int]]:
    if number < RATE:
        return
    hours = HourlyCount.objects.filter(
        petition_id=petition, hour__gt=now - _WEEK, hour__lt=now - LATELY
    )
    last_week = hours.aggregate(sum=Sum("quantity"))["sum"] or 0
    if number * (_WEEK / LATELY) >= RATE_TIMES * last_week:
        yield Kind.RATE, "", number
