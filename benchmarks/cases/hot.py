"""One petition that everybody signs beside a thousand that share the same load, on both sides with a
worker that folds and sends, and with readers who ask for the number.
"""

from typing import Any

from benchmarks.cases.confirming import confirm_at
from benchmarks.cases.folding import AT_MOST, CONFIRMED, company, emptied, worker
from benchmarks.cases.rounds import ROUNDS, TIMED, Place, Result, in_turns, timed
from benchmarks.cases.rows import petitions
from benchmarks.cases.signing import sign_at

MANY = 7  # rounds: of three, one was often off by a quarter, to either side
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

    def confirmed(some: list[Any], result: Result, rounds: int = ROUNDS) -> Result:
        return in_turns(
            lambda _n: confirm_at(place, one, is_ours=True),
            lambda _n: confirm_at(place, some, is_ours=True),
            result,
            rounds=rounds,
        )

    with worker(place, made[0]):
        signing = in_turns(
            lambda n: signed(one, f"hot{n + 1}x"),
            lambda n: signed(all_of_them, f"cold{n + 1}x"),
            Result(title="sign, one hot petition", beside="1,000 petitions", target="≥ 0.95", how=TIMED),
        )  # fmt: skip
        confirming = confirmed(
            all_of_them[:AT_MOST],
            Result(title="confirm, one hot petition", target="≥ 0.95", how=timed(MANY),
                   beside=f"1,000 petitions, under {AT_MOST} of which people confirm"),
            MANY,
        )  # fmt: skip
        each_folded = confirmed(
            all_of_them,
            Result(title="confirm, one hot petition (all are folded)", target="", how=TIMED,
                   beside="1,000 petitions, under each of which people confirm"),
        )  # fmt: skip
    signing.notes.append(
        f"a worker folds and sends meanwhile; {CONFIRMED} a second confirm, on the other side under"
        f" {AT_MOST} of the petitions"
    )
    confirming.notes.append(
        f"a worker folds meanwhile all that were confirmed: one petition, or {AT_MOST} of them"
    )
    each_folded.notes.append(
        "a worker folds meanwhile: one petition, or up to 1,000 of them each second, so no equal work"
    )
    return [signing, confirming, each_folded]
