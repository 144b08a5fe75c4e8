"""What finding costs among 100,000 petitions, beside a lookup by primary key in the same run.

    SECRET_KEY=… DATABASE_URL=… .venv/bin/python benchmarks/search.py [--rows 100000] [--runs 9]

The first run fills the database, which must be migrated and hold nothing else: the real titles of
../shared/data, each several times under an id of its own, with stories of a dozen other titles.
It refuses a database with petitions or signatures of anybody else. Later runs only measure.
Times are those of this process and, on PostgreSQL, its server: the whole answer of the page, with
no cache in front.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402
from tqdm import tqdm  # noqa: E402

from petitions.bulk import save_new  # noqa: E402
from petitions.models import Petition, PetitionTarget, Target, Topic  # noqa: E402
from supporters import tallies, trend  # noqa: E402
from supporters.models import CountAdjustment, HourlyCount, Signature  # noqa: E402

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
SOURCE = "benchmarks/search.py"
BATCH = 500
TARGETS = 400
TOPICS = ("Animals", "Children", "Culture", "Education", "Environment", "Health", "Housing",
          "Justice", "Money", "Sport", "Transport", "Work")  # fmt: skip
OUTCOMES = ("victory", "partial", "declined", "declined", "withdrawn")

ADDRESSES = {
    "home": "/",
    "all, page 1": "/petitions/",
    "open": "/petitions/?status=open",
    "all, page 500": "/petitions/?page=500",
    "newest, page 1,000": "/petitions/?sort=newest&page=1000",
    "most supporters, page 1,000": "/petitions/?sort=signatures&page=1000",
    "one topic": "/petitions/?topic=topic-transport",
    "one topic, closed, page 100": "/petitions/?topic=topic-transport&status=closed&page=100",
    "rare word": "/petitions/?q=idebenone",
    "word of some": "/petitions/?q=library",
    "common word": "/petitions/?q=government",
    "commonest word": "/petitions/?q=the",
    "commonest word, newest": "/petitions/?q=the&sort=newest",
    "commonest word, page 250": "/petitions/?q=the&page=250",
    "two words": "/petitions/?q=second+referendum",
    "four words": "/petitions/?q=stop+the+sale+of",
    "prefix": "/petitions/?q=environ",
    "one letter": "/petitions/?q=a",
    "no match": "/petitions/?q=zzyzx",
    "no match of two words": "/petitions/?q=the+zzyzx",
    "Cyrillic": "/petitions/?q=україни",
    "search in a topic": "/petitions/?q=nhs&topic=topic-transport&status=open",
    "commonest word in a topic": "/petitions/?q=the&topic=topic-transport&status=open",
    "topic": "/topics/topic-transport/",
    "topic, page 200": "/topics/topic-transport/?page=200",
    "topics": "/topics/",
    "target": "/targets/target-7/",
    "targets": "/targets/",
    "feed": "/petitions.atom",
    "feed of a topic": "/topics/topic-transport.atom",
    "sitemap index": "/sitemap.xml",
    "sitemap, last page": None,
}

# Once a minute; without them the lists are not what readers see.
WORKER = {
    "worker: trend": trend.refresh,
    "worker: progress": trend.refresh_progress,
    "worker: tallies": tallies.refresh,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--only", default="", help="measure what has this in its name")
    options = parser.parse_args()
    refuse_other_people()
    if (found := Petition.objects.count()) < options.rows:
        fill(found, options.rows)
    measure(options.runs, options.only)


def refuse_other_people() -> None:
    if Signature.objects.exists() or Petition.objects.exclude(source=SOURCE).exists():
        sys.exit("This database holds somebody's petitions: name an empty one in DATABASE_URL.")


# The petitions


def titles() -> list[dict[str, Any]]:
    lines = (DATA / "uk_epetitions_2015_2017.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    others = json.loads((DATA / "ua_president_2015.json").read_text())
    return found + [
        {
            "title": row["title"],
            "signature_count": row["votes"],
            "status": "open" if row["daysLeft"] else "closed",
            "created": "2015-09-01T12:00:00Z",
            "language": "uk",
        }
        for row in others
    ]


def fill(have: int, want: int) -> None:
    rows = titles()
    by_language: dict[str, list[str]] = {"en": [], "uk": []}
    for row in rows:
        by_language[row.get("language", "en")].append(row["title"])
    topics = [
        Topic.objects.get_or_create(slug=f"topic-{name.lower()}", defaults={"name": name})[0]
        for name in TOPICS
    ]
    targets = [
        Target.objects.get_or_create(slug=f"target-{n}", defaults={"name": f"Office {n}"})[0]
        for n in range(TARGETS)
    ]
    numbers = iter(range(have, want))
    source = islice(cycle(rows), have, None)
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    with tqdm(total=want - have, unit="petition", disable=None) as bar:
        while batch := list(islice(numbers, BATCH)):
            petitions = [petition(number, next(source), by_language) for number in batch]
            with transaction.atomic():
                save_new(petitions)
                surround(petitions, topics, targets, hour)
            bar.update(len(batch))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def petition(number: int, row: dict[str, Any], by_language: dict[str, list[str]]) -> Petition:
    """Decided by its number alone, so that both databases hold the same."""
    chance = random.Random(number)
    opened = datetime.fromisoformat(row["created"]) + timedelta(minutes=number)
    closed = row["status"] == "closed"
    count = row["signature_count"] // (1 + number % 11)
    own = by_language[row.get("language", "en")]
    story = [chance.choice(own) for _ in range(chance.randint(4, 20))]
    return Petition(
        title=row["title"].strip()[:300] or "untitled",
        summary=chance.choice(own)[:500],
        body="\n\n".join(story),
        ask=row["title"],
        language=row.get("language", "en"),
        status="closed" if closed else "open",
        outcome=chance.choice(OUTCOMES) if closed and chance.random() < 0.2 else "none",
        opened_at=opened,
        closed_at=opened + timedelta(days=180) if closed else None,
        goal=max(100, int(count * chance.uniform(0.8, 3))) if chance.random() < 0.5 else None,
        supporter_count=count,
        trend=chance.randint(1, 900) if not closed and chance.random() < 0.05 else 0,
        source=SOURCE,
        source_id=str(number),
    )


def surround(
    petitions: list[Petition], topics: list[Topic], targets: list[Target], hour: datetime
) -> None:
    chance = random.Random(petitions[0].source_id)
    of_topic = Petition.topics.through
    of_topic.objects.bulk_create(
        of_topic(petition_id=row.pk, topic_id=topic.pk)
        for row in petitions
        for topic in chance.sample(topics, chance.randint(0, 3))
    )
    PetitionTarget.objects.bulk_create(
        PetitionTarget(petition=row, target=target)
        for row in petitions
        for target in chance.sample(targets, chance.randint(0, 2))
    )
    CountAdjustment.objects.bulk_create(
        CountAdjustment(
            petition=row, kind="carried_over", quantity=row.supporter_count, source=SOURCE
        )
        for row in petitions
        if row.supporter_count
    )
    HourlyCount.objects.bulk_create(
        HourlyCount(petition=row, hour=hour, quantity=row.trend) for row in petitions if row.trend
    )


# The measure


def measure(runs: int, only: str) -> None:
    client = Client(SERVER_NAME="localhost")
    first, last = Petition.objects.order_by("pk").values_list("pk", flat=True)[0], newest()
    print(f"{connection.vendor}, {Petition.objects.count():,} petitions, median of {runs}")

    keys = random.Random(7)

    def look_up() -> None:
        Petition.objects.only("title").get(pk=keys.randint(first, last))

    look_up()
    lookup = median(seconds(look_up) for _ in range(runs * 20))
    print(f"{'lookup by primary key':30} {lookup * 1000:8.2f} ms")
    for name, task in WORKER.items():
        task()  # the first time there is something to write
        took = median(seconds(task) for _ in range(3))
        print(f"{name:30} {took * 1000:8.1f} ms {took / lookup:7.0f} x")
    for name, address in addresses(only):
        with CaptureQueriesContext(connection) as queries:
            status = client.get(address).status_code
        sent = [float(query["time"]) * 1000 for query in queries]
        took = median(seconds(lambda address=address: client.get(address)) for _ in range(runs))
        print(
            f"{name:30} {took * 1000:8.1f} ms {took / lookup:7.0f} x"
            f"  {len(sent):2} statements, slowest {max(sent, default=0):4.0f} ms"
            + ("" if status == 200 else f"  ANSWERED {status}")
        )


def addresses(only: str) -> Iterator[tuple[str, str]]:
    for name, address in ADDRESSES.items():
        if only in name:
            yield name, address or last_sitemap()


def last_sitemap() -> str:
    index = Client(SERVER_NAME="localhost").get("/sitemap.xml").content.decode()
    pages = [part.partition("</loc>")[0] for part in index.split("<loc>")[1:]]
    petitions = [page for page in pages if "sitemap-petitions" in page] or [""]
    return petitions[-1].partition("localhost:8000")[2]


def newest() -> int:
    return Petition.objects.order_by("-pk").values_list("pk", flat=True)[0]


def seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


main()
