"""The moderators' tools beside eleven million signatures. Called by growth.py, in its database."""

import datetime as dt
import hashlib
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from benchmarks.cases.leaving import let_leave, tidy
from benchmarks.cases.rounds import Result, in_turns
from benchmarks.cases.rows import pending

RUNS = 5  # in a round; the quickest quarter counts
WAITING = 50_000
BATCHES = 2_000

_SEARCH = "/admin/supporters/signature/search/"
# All three petitions have it.
_EVERYWHERE = f"{hashlib.md5(b'1', usedforsecurity=False).hexdigest()}@example.org"
# One domain, name, place and postcode is one in a million's. Among the others: a seventh has the
# name, a thousandth the postcode, a third of a thousandth the place, and nobody two of those that
# are "apart" although each is common.
_SEARCHES: dict[str, dict[str, str]] = {
    "an address": {"address": _EVERYWHERE},
    "an address nobody has": {"address": "nobody@example.org"},
    "a domain of 11": {"address": "few.example"},
    "a domain of ten million": {"address": "example.org"},
    "a name of 11": {"name": "Quill"},
    "a name of a million": {"name": "Okoro"},
    "a name nobody has": {"name": "Nobody Ever"},
    "a postcode": {"postal_code": "MV1 77"},
    "a place": {"locality": "Town 1234"},
    "a day": {"since": "{day}", "until": "{day}"},
    "a name on a day": {"name": "Okoro", "since": "{day}", "until": "{day}"},
    "a name and a rare postcode": {"name": "Okoro", "postal_code": "QX9"},
    "a name and a rare domain": {"name": "Okoro", "address": "few.example"},
    "a postcode and a place apart": {"postal_code": "MV1 5", "locality": "Town 6"},
    "a name on the petition of 200": {"name": "Okoro", "petition": "{none}"},
    "a rare name on the petition of 200": {"name": "Quill", "petition": "{none}"},
    "a domain on the petition of 200": {"address": "wave.example", "petition": "{none}"},
    "a name on the petition of ten million": {"name": "Okoro", "petition": "{10 million}"},
    "a petition of ten million on a day":
        {"petition": "{10 million}", "since": "{day}", "until": "{day}"},
    "a name nobody has, of 50,000 that wait": {"name": "Nobody Ever", "state": "waiting"},
}  # fmt: skip


def moderating(made: dict[str, Any]) -> list[Result]:
    entries = {
        size: let_leave(petition, batches=BATCHES if size != "none" else 0)
        for size, petition in made.items()
    }
    pending([made["1 million"].pk], WAITING)
    tidy()
    return [
        *_searches(made),
        *_irregularities(made),
        *_previews(made),
        *_ledgers(made, entries),
        *_persons(made),
    ]


def quick(act: Callable[[], Any], runs: int = RUNS) -> float:
    """Milliseconds."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(times, n=4)[0] if runs > 1 else times[0]


def beside(
    title: str, ours: Callable[[], Any], floor: Callable[[], Any], *, to: str, target: str = "",
    runs: int = RUNS,
) -> Result:  # fmt: skip
    result = Result(title=title, beside=to, target=target, unit="ms")
    return in_turns(lambda _n: quick(ours, runs), lambda _n: quick(floor, runs), result)


def _staff() -> Any:
    from allauth.mfa.models import Authenticator
    from django.test import Client

    from petitions.models import User

    staff, _new = User.objects.get_or_create(
        username="noor", is_staff=True, is_superuser=True, email="noor@example.org"
    )
    # Moderators act with a second factor only.
    Authenticator.objects.get_or_create(user=staff, type="totp", data={"secret": "x"})
    client = Client(SERVER_NAME="localhost")
    client.force_login(staff)
    return client


def _answer(answer: Any) -> Any:
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.request['PATH_INFO']} answered {answer.status_code}")
    return answer


def _searches(made: dict[str, Any]) -> Iterator[Result]:
    from supporters.models import Signature

    client = _staff()
    day = Signature.objects.filter(petition=made["10 million"], position=5_000_000).get()
    words = {size: petition.slug for size, petition in made.items()}
    words["day"] = f"{day.created_at:%Y-%m-%d}"
    number = f"{_SEARCH}?number={day.pk}"
    for name, typed in _SEARCHES.items():
        values = {key: value.format_map(words) for key, value in typed.items()}

        def ours(values: dict[str, str] = values) -> Any:
            return _answer(client.post(_SEARCH, values))

        ours()
        result = beside(
            f"search, {name}", ours, lambda: _answer(client.get(number)),
            to="one by its number, same page", target="≤ 300 ms",
            runs=1 if "apart" in name else RUNS,
        )  # fmt: skip
        result.notes.append(_found(values))
        yield result


def _found(values: dict[str, str]) -> str:
    from supporters.admin.signature_search import SearchForm
    from supporters.signature_search import TooSlow, find

    form = SearchForm(values)
    if not form.is_valid():
        raise RuntimeError(form.errors)
    try:
        found = find(form.asked)
    except TooSlow:
        return "gave up, and said so"
    return f"{len(found.signatures)} found{' and more' if found.further else ''}"


def _irregularities(made: dict[str, Any]) -> Iterator[Result]:
    from supporters.fraud.groups import SLICE

    client = _staff()

    def page(size: str) -> Callable[[], Any]:
        address = f"/admin/petitions/petition/{made[size].pk}/fraud/"
        return lambda: _answer(client.get(address))

    result = beside("irregularities, 10 million signatures", page("10 million"), page("1 million"),
                    to="with 1 million, same database", target="≤ 1.10")  # fmt: skip
    result.notes.append(f"seven tables of the newest {SLICE:,}")
    result.notes.append(f"with none: {quick(page('none')):.2f} ms")
    yield result


def _previews(made: dict[str, Any]) -> Iterator[Result]:
    from supporters.fraud.looking import LONGEST_AT_ONCE, preview
    from supporters.fraud.rules import Rule

    rules = {
        "50,000 of 1 million": ("1 million", Rule(domain="wave.example")),
        "1 of 1 million": ("1 million", Rule(domain="few.example")),
        "10 of 10 million": ("10 million", Rule(domain="few.example")),
        "an hour of 10 million": ("10 million", _hour(made["10 million"])),
        "names like Q* of 10 million": ("10 million", Rule(name="*quill*")),
    }
    for name, (size, rule) in rules.items():
        petition = made[size].pk
        seen = preview(petition, rule)
        result = beside(
            f"preview of a sweep, {name}",
            lambda petition=petition, rule=rule: preview(petition, rule),
            lambda rule=rule: preview(made["none"].pk, rule),
            to="with none, same database", target=f"≤ {LONGEST_AT_ONCE * 1000:,.0f} ms", runs=1,
        )  # fmt: skip
        at_least = "" if seen.is_whole else "at least "
        result.notes.append(f"{at_least}{seen.found:,} found, {seen.looked_at:,} looked at")
        yield result


def _hour(petition: Any) -> Any:
    from supporters.fraud.rules import Rule
    from supporters.models import Signature

    at = Signature.objects.get(petition=petition, position=7_000_000).created_at
    return Rule(signed_from=at, signed_until=at + dt.timedelta(hours=1))


def _ledgers(made: dict[str, Any], entries: dict[str, int]) -> Iterator[Result]:
    from django.test import Client

    client = Client(SERVER_NAME="localhost")

    def page(path: str, size: str) -> Callable[[], Any]:
        address = f"/petitions/{made[size].slug}/{path}"
        return lambda: _answer(client.get(address))

    for name, path in {"page": "count/", "JSON": "ledger.json"}.items():
        for size in ("1 million", "10 million"):
            result = beside(f"ledger, {name}, {size} signatures", page(path, size),
                            page(path, "none"), to="with none, same database")  # fmt: skip
            result.notes.append(f"{entries[size]:,} entries beside {entries['none']:,}")
            yield result


def _persons(made: dict[str, Any]) -> Iterator[Result]:
    from petitions.models import User
    from supporters.models import Signature
    from supporters.signature_acts import erase, remove, restore
    from supporters.subject_access import everything_of

    yield beside(
        "all that is held of an address", lambda: everything_of(_EVERYWHERE),
        lambda: everything_of("nobody@example.org"), to="an address nobody has",
        target="≤ 300 ms",
    )  # fmt: skip
    mo = User.objects.get(username="noor")
    numbers = count(1)

    def act(size: str, do: Callable[[Any], Any]) -> Callable[[], Any]:
        def done() -> None:
            rows = Signature.objects.filter(petition=made[size], status="confirmed")
            row = rows.filter(position__gt=next(numbers)).order_by("position")[:1].get()
            if do(row) is False:
                raise RuntimeError(f"Signature {row.pk} stays as it was.")

        return done

    def there_and_back(row: Any) -> bool:
        return remove(row, by=mo, reason="One.") and restore(row, by=mo, reason="Two.")

    acts = {
        "erase": lambda row: erase(row, by=mo, reason="By letter."),
        "remove and restore": there_and_back,
    }
    for name, do in acts.items():
        yield beside(
            f"{name} one signature, of 10 million", act("10 million", do), act("none", do),
            to="with none, same database", target="≤ 1.10",
        )  # fmt: skip
