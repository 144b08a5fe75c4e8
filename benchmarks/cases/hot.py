"""One petition that everybody signs beside a thousand that share the same load, on both sides with a
worker that folds and sends, and with readers who ask for the number.
"""

from typing import Any

from benchmarks.cases.confirming import confirm_at
from benchmarks.cases.folding import AT_MOST, CONFIRMED, company, emptied, worker
from benchmarks.cases.rounds import TIMED, Place, Result, in_turns
from benchmarks.cases.rows import petitions
from benchmarks.cases.signing import sign_at

SLOW_COMMIT = 2_000  # microseconds, as on a slow disk or with a synchronous replica


def hot_slow(place: Place) -> list[Result]:
    """The same with a commit that takes 2 ms. Needs a superuser."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        name = connection.ops.quote_name(cursor.fetchone()[0])
        cursor.execute(f"ALTER DATABASE {name} SET commit_delay = {SLOW_COMMIT}")
        cursor.execute(f"ALTER DATABASE {name} SET commit_siblings = 0")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    results = hot(place)
    for result in results:
        result.title += ", 2 ms commit"
    return results


def hot(place: Place) -> list[Result]:
    made = petitions(1_000)
    one, all_of_them = made[:1], made

    def signed(some: list[Any], prefix: str) -> float:
        addresses = [f"/petitions/{petition.slug}/sign/" for petition in some]
        beside = company(place, some, confirming=True)
        rate = sign_at(place, addresses, prefix, is_ours=True, beside=beside)
        emptied()
        return rate

    with worker(place, made[0]):
        signing = in_turns(
            lambda n: signed(one, f"hot{n + 1}x"),
            lambda n: signed(all_of_them, f"cold{n + 1}x"),
            Result(title="sign, one hot petition", beside="1,000 petitions", target="≥ 0.95", how=TIMED),
        )  # fmt: skip
        confirming = in_turns(
            lambda _n: confirm_at(place, one, is_ours=True),
            lambda _n: confirm_at(place, all_of_them, is_ours=True),
            Result(title="confirm, one hot petition", beside="1,000 petitions", target="≥ 0.95", how=TIMED),
        )  # fmt: skip
    signing.notes.append(
        f"a worker folds and sends meanwhile; {CONFIRMED} a second confirm, on the other side under"
        f" {AT_MOST} of the petitions"
    )
    confirming.notes.append("a worker folds meanwhile, on the other side all that were confirmed")
    return [signing, confirming]
