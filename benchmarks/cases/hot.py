"""One petition that everybody signs beside a thousand that share the same load."""

from benchmarks.cases.confirming import confirm_at
from benchmarks.cases.rounds import Place, Result, in_turns
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

    def addresses(some: list) -> list[str]:
        return [f"/petitions/{petition.slug}/sign/" for petition in some]

    signing = in_turns(
        lambda n: sign_at(place, addresses(one), f"hot{n + 1}x", is_ours=True),
        lambda n: sign_at(place, addresses(all_of_them), f"cold{n + 1}x", is_ours=True),
        Result(title="sign, one hot petition", beside="1,000 petitions", target="≥ 0.95"),
    )
    confirming = in_turns(
        lambda _n: confirm_at(place, [each.pk for each in one], is_ours=True),
        lambda _n: confirm_at(place, [each.pk for each in all_of_them], is_ours=True),
        Result(title="confirm, one hot petition", beside="1,000 petitions", target="≥ 0.95"),
    )
    return [signing, confirming]
