"""A petition with none, a million and ten million signatures: what grows with them; then the
moderators' tools and the worker's turns.

All three stand in one database, with the same texts, and are measured in turns, in this process and
with no memory for pages. "None" are 200, so that its pages show as many people. What grows with the
table and not with the petition meets all three: therefore the first is measured before the fill,
too, alone in an otherwise empty database.
"""

import statistics
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from benchmarks.cases import vacuuming, working
from benchmarks.cases.crowd import fill
from benchmarks.cases.leaving import send
from benchmarks.cases.moderating import moderating
from benchmarks.cases.plans import write_plans
from benchmarks.cases.rounds import ROUNDS, Place, Result
from benchmarks.cases.rows import pending, petitions

RUNS = 20  # of each in a round; the quickest quarter counts, without what others' load adds
QUICK = f"{ROUNDS} × {RUNS} runs, the quickest quarter"
SIZES = {"none": 200, "1 million": 1_000_000, "10 million": 10_000_000}
AIMED = ("petition page", "count.json", "supporters, first page", "sign", "confirm")
TAILS = (10, 1_000, 10_000)
MAILS = 1_000_000  # that were sent, of the last 28 days

Act = Callable[[Any], float]  # of a petition; milliseconds


def growth(place: Place) -> list[Result]:
    made = dict(zip(SIZES, petitions(4)[1:], strict=True))
    for petition in made.values():
        _surround(petition)
    fill({made["none"]: SIZES["none"]})
    alone, idle = before(made), working.turns()
    began = time.monotonic()
    fill({made[size]: SIZES[size] for size in ("10 million", "1 million")})
    filled = time.monotonic() - began
    results = measured(made, alone, idle)
    results[0].notes.append(
        f"11 million rows were filled in {filled:.0f} s, with a VACUUM at the end; autovacuum"
        f" {'on' if vacuuming.is_automatic() else 'off'}"
    )
    return results


def before(made: dict[str, Any]) -> dict[str, list[float]]:
    """What each act takes in a database that is empty otherwise: one figure for each round."""
    alone = {"none": made["none"]}
    return {name: each_in_turns(act, alone, RUNS)["none"] for name, act in acts().items()}


def measured(
    made: dict[str, Any], alone: dict[str, list[float]], idle: dict[str, list[float]]
) -> list[Result]:
    from django.core.management import call_command

    for petition in made.values():
        petition.refresh_from_db()
    found = {name: each_in_turns(act, made, RUNS) for name, act in acts().items()}
    for tail in TAILS:
        found[f"fold of {tail:,}"] = each_in_turns(
            lambda each, n=tail: fold_tail([each], n), made, 2
        )
    results = [
        _result(name, size, times, alone.get(name))
        for name, times in found.items()
        for size in ("1 million", "10 million")
    ]
    results += [_beside_empty(name, found[name]["10 million"], alone[name]) for name in AIMED]
    results += [_admin(name, act, made) for name, act in admin_lists().items()]
    write_plans(made["10 million"])
    send(made["1 million"], MAILS)
    results += moderating(made)
    results.append(working.forgetting(made["1 million"], made["10 million"]))
    results += working.results(idle, working.turns())
    call_command("recount", verbosity=0)
    return results


def _surround(petition: Any) -> None:
    from django.utils import timezone

    from petitions.models import ActionStep, PetitionTarget, Target, Update

    target = Target.objects.get(slug="council")
    PetitionTarget.objects.create(petition=petition, target=target)
    ActionStep.objects.create(petition=petition, kind="call", contact="The office",
                              phone="01632 960001")  # fmt: skip
    now = timezone.now()
    Update.objects.create(petition=petition, title="News", body="It rained.",
                          happened_on=now.date(), published_at=now)  # fmt: skip


def acts() -> dict[str, Act]:
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    numbers = count(time.time_ns())  # so that each is new, whoever asks for the acts again
    waiting: dict[int, list[int]] = {}

    def get(path: str) -> Act:
        def act(petition: Any) -> float:
            # A deep page: half-way down.
            address = path.format(slug=petition.slug, half=max(petition.supporter_count // 2, 60))
            return timed(lambda: client.get(address), 200)

        return act

    def sign(petition: Any) -> float:
        values = {"given_name": "Sam", "family_name": "Okoro", "country": "GB",
                  "postal_code": "SW1A 1AA", "display": "initial",
                  "email": f"new{next(numbers)}@example.org"}  # fmt: skip
        return timed(lambda: client.post(f"/petitions/{petition.slug}/sign/", values), 302)

    def confirm(petition: Any) -> float:
        from supporters.tokens import Purpose, make

        if not waiting.get(petition.pk):
            waiting[petition.pk] = pending([petition.pk], RUNS * (ROUNDS + 1))
        address = f"/confirm/{make(Purpose.CONFIRM, waiting[petition.pk].pop())}/"
        return timed(lambda: client.post(address), 302)

    return {
        "petition page": get("/petitions/{slug}/"),
        "count.json": get("/petitions/{slug}/count.json"),
        "supporters, first page": get("/petitions/{slug}/supporters/"),
        "supporters, half-way down": get("/petitions/{slug}/supporters/?before={half}"),
        "how the number comes about": get("/petitions/{slug}/count/"),
        "sign": sign,
        "confirm": confirm,
    }


def timed(act: Callable[[], Any], status: int) -> float:
    began = time.perf_counter()
    answer = act()
    took = time.perf_counter() - began
    if answer.status_code != status:
        raise RuntimeError(f"{answer.request['PATH_INFO']} answered {answer.status_code}")
    return took * 1000


def fold_tail(some: list[Any], tail: int) -> float:
    """What the worker's fold takes for so many signatures, spread over these petitions."""
    from django.utils import timezone

    from supporters.fold import fold_all
    from supporters.models import Signature

    fold_all()
    ids = pending([petition.pk for petition in some], tail)
    Signature.objects.filter(pk__in=ids).update(status="confirmed", confirmed_at=timezone.now())
    began = time.perf_counter()
    if fold_all() != tail:
        raise RuntimeError("The fold took something else.")
    return (time.perf_counter() - began) * 1000


def _quick(times: list[float]) -> float:
    return statistics.quantiles(times, n=4)[0]


def each_in_turns(act: Act, made: dict[str, Any], runs: int) -> dict[str, list[float]]:
    """By size, one figure for each round; the sizes take turns at every single run."""
    found: dict[str, list[float]] = {size: [] for size in made}
    for petition in made.values():
        act(petition)
    for _ in range(ROUNDS):
        times: dict[str, list[float]] = {size: [] for size in made}
        for number in range(runs):
            sizes = list(made)
            first = number % len(sizes)
            for size in sizes[first:] + sizes[:first]:
                times[size].append(act(made[size]))
        for size, values in times.items():
            found[size].append(_quick(values))
    return found


def _result(
    name: str, size: str, times: dict[str, list[float]], before: list[float] | None
) -> Result:
    aimed = name in AIMED
    result = Result(title=f"{name}, {size} signatures", beside="with none, same database",
                    target="≤ 1.10" if aimed else "", unit="ms", ours=times[size], floor=times["none"],
                    how="" if name.startswith("fold") else QUICK)  # fmt: skip
    if before and not aimed:
        result.notes.append(f"with none, before the fill: {statistics.median(before):.2f} ms")
    return result


def _beside_empty(name: str, ours: list[float], alone: list[float]) -> Result:
    """Not in turns: the fill lies in between, and whatever else the machine did at either time."""
    return Result(title=f"{name}, 10 million signatures, since the fill", target="", unit="ms",
                  beside="with none, before the fill", ours=ours, floor=alone, how=QUICK)  # fmt: skip


_ADMIN_LISTS = {
    "admin, petitions": "/admin/petitions/petition/?status=all",
    "admin, all signatures": "/admin/supporters/signature/",
    "admin, signatures of one petition": "/admin/supporters/signature/?petition__id__exact={pk}",
    "admin, the last page of them":
        "/admin/supporters/signature/?petition__id__exact={pk}&p={last}",
    "admin, an address of one petition":
        "/admin/supporters/signature/?petition__id__exact={pk}&q=nobody@example.org",
    "admin, adjustments": "/admin/supporters/countadjustment/",
    "admin, mails": "/admin/supporters/outgoingmail/",
}  # fmt: skip


def admin_lists() -> dict[str, Act]:
    from django.test import Client

    from petitions.models import User

    staff, _new = User.objects.get_or_create(
        username="noor", is_staff=True, is_superuser=True, email="noor@example.org"
    )
    client = Client(SERVER_NAME="localhost")
    client.force_login(staff)

    def get(path: str) -> Act:
        def act(petition: Any) -> float:
            last = min(petition.supporter_count, 10_000) // 100
            return timed(lambda: client.get(path.format(pk=petition.pk, last=last)), 200)

        return act

    return {name: get(path) for name, path in _ADMIN_LISTS.items()}


def _admin(name: str, act: Act, made: dict[str, Any]) -> Result:
    times = each_in_turns(act, made, 3)
    return Result(title=name, beside="with none, same database", target="≤ 300 ms", unit="ms",
                  ours=times["10 million"], floor=times["none"])  # fmt: skip
