"""Everything at once on a few petitions: no deadlock, and the number exact in every sample.

A minute of it; BENCH_SECONDS=3600 makes it an hour. Where the server does not vacuum by itself, the case
does it in its place, and the row says what is left in the tables.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from benchmarks.cases import vacuuming
from benchmarks.cases.rounds import Place, Result
from benchmarks.cases.rows import petitions

SIGNERS = 6  # threads; of everything else one each
_IN_VAIN = ", waited in vain for a lock"
# What the number is by definition, and what is shown, in one snapshot.
_SAMPLE = """
SELECT petition.id, petition.supporter_count + (
        SELECT count(*) FROM supporters_signature
        WHERE petition_id = petition.id AND status = 'confirmed' AND position IS NULL),
    (SELECT count(*) FROM supporters_signature
        WHERE petition_id = petition.id AND status = 'confirmed')
    + coalesce((SELECT sum(quantity) FROM supporters_countadjustment
        WHERE petition_id = petition.id AND kind = 'paper'), 0)
FROM petitions_petition AS petition
"""
_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def mixed(place: Place) -> list[Result]:
    from django.core.management import call_command
    from django.db import connection

    seconds = int(os.environ.get("BENCH_SECONDS") or 60)
    bustle = Bustle([petition.pk for petition in petitions(3)], time.monotonic() + seconds)
    with vacuuming.as_automatic(seconds) as vacuums:
        bustle.run()
    if bustle.failures:
        raise RuntimeError("; ".join(bustle.failures[:5]))
    with connection.cursor() as cursor:
        time.sleep(1.5)  # the statistics are a second behind
        cursor.execute(_DEADLOCKS)
        [deadlocks] = cursor.fetchone()
    call_command("recount", verbosity=0)
    if deadlocks:
        raise RuntimeError(f"{deadlocks} deadlocks")
    done = bustle.done
    ours = sum(number for name, number in done.items() if not name.endswith(_IN_VAIN))
    acts = ", ".join(f"{number:,} × {name}" for name, number in sorted(done.items()))
    result = Result(title="everything at once, 3 petitions", beside="samples of the number",
                    target="no deadlock, exact", ours=[ours / seconds],
                    floor=[done["sample"] / seconds])  # fmt: skip
    result.notes.append(f"no deadlock, every sample exact, in {seconds} s of {acts}")
    states = {table: vacuuming.state(table) for table in vacuuming.TABLES}
    result.notes += vacuuming.said(vacuums, states, automatic=vacuuming.is_automatic())
    return [result]


class Bustle:
    def __init__(self, ids: list[int], until: float) -> None:
        self.ids = ids
        self.until = until
        self.done: Counter[str] = Counter()
        self.failures: list[str] = []
        self._chosen: set[str] = set()  # keys of those withdrawn, perhaps before they could confirm
        self._counting = threading.Lock()

    def run(self) -> None:
        from supporters.fold import fold_all

        acts: list[tuple[str, Callable[[random.Random], Any], float]] = [
            *[("sign and confirm", self._sign, 0.0)] * SIGNERS,
            ("withdraw", self._withdraw, 0.0),
            ("fold", lambda _chance: fold_all(), 0.02),
            ("fold", lambda _chance: fold_all(), 0.05),  # a second worker
            ("close and reopen", self._close, 0.3),
            ("edit", self._edit, 0.05),
            ("publish an update", self._update, 0.5),
            ("adjust", self._adjust, 0.05),
            ("trend", self._trend, 0.2),
            ("deliver", self._deliver, 0.05),
            ("sample", self._sample, 0.05),
        ]
        threads = [
            threading.Thread(target=self._again, args=(number, *act))
            for number, act in enumerate(acts)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _again(self, number: int, name: str, act: Callable[..., Any], rest: float) -> None:
        from django.db import OperationalError, connections

        from petitions.locks import came_too_late

        chance = random.Random(number)
        try:
            while time.monotonic() < self.until and not self.failures:
                done = name
                try:
                    act(chance)
                except OperationalError as error:  # as the site says to staff: try again
                    if not came_too_late(error):
                        raise
                    done = f"{name}{_IN_VAIN}"
                with self._counting:
                    self.done[done] += 1
                time.sleep(rest)
        except Exception as error:  # noqa: BLE001 — whatever it is, the run has failed
            self.failures.append(f"{name}: {type(error).__name__}: {error}")
        finally:
            connections.close_all()

    def _sign(self, chance: random.Random) -> None:
        from supporters.confirming import confirm
        from supporters.models import Signature
        from supporters.signing import NotSignable, Signer, sign

        petition = chance.choice(self.ids)
        key = f"s{chance.getrandbits(64):x}@example.org"
        signer = Signer(given_name="Sam", family_name="Okoro", email=key, email_key=key,
                        reason="I cross it." if chance.random() < 0.05 else "",
                        wants_updates=True)  # fmt: skip
        try:
            sign(petition, signer)
        except NotSignable:  # it was closed a moment ago
            return
        pending = Signature.objects.filter(petition=petition, email_key=key, status="pending")
        if signature_id := pending.values_list("pk", flat=True).first():
            confirm(signature_id)
        elif key not in self._chosen:
            raise RuntimeError("A signature that was acknowledged is not stored.")

    def _withdraw(self, chance: random.Random) -> None:
        from supporters.models import Signature
        from supporters.withdrawing import disown, withdraw

        newest = Signature.objects.order_by("-pk").values_list("pk", "email_key")[:40]
        if found := list(newest):
            signature_id, key = chance.choice(found)
            self._chosen.add(key)
            (withdraw if chance.random() < 0.8 else disown)(signature_id)

    def _close(self, chance: random.Random) -> None:
        petition = self._petition(chance)
        if petition.status == "open":  # else it waited in vain to reopen it
            petition.close(by=None)
            time.sleep(0.05)
        petition.reopen(by=None)

    def _edit(self, chance: random.Random) -> None:
        petition = self._petition(chance)
        petition.body = f"The bridge was closed in March. {chance.random()}"
        petition.save()

    def _update(self, chance: random.Random) -> None:
        from django.utils import timezone

        from petitions.models import Update
        from supporters import mailings

        update = Update.objects.create(
            petition_id=chance.choice(self.ids), title="News", body="…",
            happened_on=timezone.now().date(), email_supporters=True,
        )  # fmt: skip
        update.publish()
        mailings.fill()

    def _adjust(self, chance: random.Random) -> None:
        from supporters.models import CountAdjustment

        CountAdjustment.objects.create(
            petition_id=chance.choice(self.ids), kind="paper", quantity=3
        )

    def _trend(self, _chance: random.Random) -> None:
        from supporters import trend

        trend.refresh()
        trend.refresh_progress()

    def _deliver(self, _chance: random.Random) -> None:
        """Claimed and stamped; no mail leaves."""
        from supporters import outbox

        for mail in outbox.claim(20):
            outbox.sent(mail)

    def _sample(self, _chance: random.Random) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(_SAMPLE)
            wrong = [row for row in cursor.fetchall() if row[1] != row[2]]
        if wrong:
            raise RuntimeError(f"(petition, shown, counted): {wrong}")

    def _petition(self, chance: random.Random) -> Any:
        from petitions.models import Petition

        return Petition.objects.get(pk=chance.choice(self.ids))
