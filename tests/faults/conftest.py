"""A cluster for all tests, and for each of them a world of its own."""

import itertools
import os
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.cluster import Cluster
from tests.faults.processes import LEASE, Processes
from tests.faults.world import World
from tests.smtp import HOST, LoopbackSMTP

TEMPLATE = "site_template"
_numbers = itertools.count(1)

# The crowd's petition has the id 1, as the sampler and the reckoning know it; and another.
PETITIONS = """
from django.utils import timezone
from petitions.models import Petition
for slug in ("mend", "other"):
    Petition(
        slug=slug, title="Mend the bridge on Weir Lane", body="It was shut.", ask="Mend it.",
        organizer_name="Ana Ferreira", status="open", opened_at=timezone.now(),
    ).save()
assert list(Petition.objects.order_by("pk").values_list("pk", "slug")) == [(1, "mend"), (2, "other")]
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.faults)


def environment(folder: Path, smtp_port: int) -> dict[str, str]:
    """What the site is told; nothing of the shell's own settings reaches it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SITE_URL": f"http://{HOST}",
        "EMAIL_URL": f"smtp://{HOST}:{smtp_port}/?timeout=2",
        "PETITIONS_OUTBOX_LEASE": str(LEASE),
        "PETITIONS_SIGN_RATE": "1000000/minute",  # counted, never reached
        "PETITIONS_MANIFEST": "0",
        "PETITIONS_MEDIA_ROOT": str(folder / "media"),
        "PETITIONS_THREADS": "32",
        "LOG_LEVEL": "WARNING",
    }


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Started, with a migrated database that each test copies."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # nothing of ours outlives the tests
    folder = tmp_path_factory.mktemp("template")
    with Cluster() as cluster:
        cluster.tell(f"CREATE DATABASE {TEMPLATE} OWNER site")
        processes = Processes(environment(folder, 25), folder, lambda _: cluster.url(TEMPLATE))
        for arguments in (["migrate", "--verbosity", "0"], ["shell", "-c", PETITIONS]):
            done = processes.manage(*arguments)
            assert done.returncode == 0, done.stderr
        yield cluster


@pytest.fixture
def world(cluster: Cluster, tmp_path: Path) -> Iterator[World]:
    cluster.mend()
    database = f"site_{next(_numbers)}"
    cluster.tell(f"CREATE DATABASE {database} TEMPLATE {TEMPLATE} OWNER site")
    with LoopbackSMTP() as smtp:
        smtp.inbox.pipelining = True
        processes = Processes(
            environment(tmp_path, smtp.port),
            tmp_path,
            lambda name: cluster.url(database, application=name),
        )
        try:
            yield World(cluster, database, smtp, processes)
        finally:
            processes.end()
            for running in processes.running:
                print(f"== {running.name}\n{running.log()[-3_000:]}")  # noqa: T201 (of a failure)
