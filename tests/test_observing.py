"""Ids, counters and log lines: enough to run the site by, nothing about anybody."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from config import log_formats
from config.observing import request_id
from supporters import metrics
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, SignatureFactory, typed

KEY = "a-key-for-prometheus"
ROOT = Path(__file__).resolve().parent.parent


def value(name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(f"undersigned_{name}", labels) or 0.0


@pytest.fixture
def rise():
    """How much each counter has risen since it was asked for the first time."""
    before: dict = {}

    def risen(name: str, **labels: str) -> float:
        now = value(name, **labels)
        return now - before.setdefault((name, *sorted(labels.items())), now)

    return risen


# Who may see the metrics


def test_without_a_key_there_are_none(client):
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {KEY}", KEY])
def test_with_a_key_only_for_who_has_it(client, settings, given):
    settings.METRICS_KEY = KEY
    answer = client.get(f"/metrics?key={KEY}", headers={"authorization": given} if given else {})
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.django_db
def test_what_they_tell(client, settings):
    settings.METRICS_KEY = KEY
    petition = PetitionFactory(is_open=True, slug="mend", title="Mend the bridge")
    SignatureFactory.create_batch(3, petition=petition, is_confirmed=True)
    client = Client()  # the middleware reads the setting at start
    client.post("/petitions/mend/sign/", typed(email="sam@example.org"))
    answer = client.get("/metrics", headers={"authorization": f"Bearer {KEY}"})
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert "undersigned_fold_tail 3.0" in text
    assert 'undersigned_outbox_waiting{kind="signature"} 1.0' in text
    assert 'undersigned_outbox_waiting{kind="update"} 0.0' in text
    for name in ('outbox_age_seconds{kind="signature"}', "fold_lag_seconds"):
        [line] = [line for line in text.splitlines() if line.startswith(f"undersigned_{name} ")]
        assert 0 <= float(line.split()[1]) < 600
    assert 'undersigned_requests_total{method="POST",status="302",view="sign"}' in text
    for secret in ("sam", "mend", "bridge", "@"):
        assert secret not in text.lower()


# What is counted


@pytest.mark.django_db
def test_signing_and_confirming_are_counted(client, rise, settings):
    petition = PetitionFactory(is_open=True, slug="mend")
    token = make(Purpose.CONFIRM, SignatureFactory(petition=petition).pk)
    counted = [
        ("signatures_total", {"answer": "taken"}),
        ("signatures_total", {"answer": "mistakes"}),
        ("signatures_total", {"answer": "trap"}),
        ("confirmations_total", {"answer": "confirmed"}),
        ("confirmations_total", {"answer": "before"}),
    ]
    for name, labels in counted:
        rise(name, **labels)
    client.post("/petitions/mend/sign/", typed())
    client.post("/petitions/mend/sign/", typed(email="no"))
    client.post("/petitions/mend/sign/", typed(website="x"))
    client.post(f"/confirm/{token}/")
    client.post(f"/confirm/{token}/")
    assert [rise(name, **labels) for name, labels in counted] == [1, 1, 1, 1, 1]


@pytest.mark.django_db
def test_a_used_up_rate_is_counted(client, rise, settings):
    PetitionFactory(is_open=True, slug="mend")
    settings.PETITIONS_RATE_LIMITS = {**settings.PETITIONS_RATE_LIMITS, "sign": "1/hour"}
    rise("rate_limited_total", scope="sign")
    assert [client.post("/petitions/mend/sign/", typed()).status_code for _ in range(2)] == [
        302,
        429,
    ]
    assert rise("rate_limited_total", scope="sign") == 1


def test_views_and_methods_are_few(settings, rise):
    settings.METRICS_KEY = KEY
    client = Client()
    rise("requests_total", method="GET", view="none", status="404")
    rise("requests_total", method="other", view="healthz", status="405")
    for n in range(3):
        client.get(f"/nowhere/{n}")
    client.generic("BREW", "/healthz")
    assert rise("requests_total", method="GET", view="none", status="404") == 3
    assert rise("requests_total", method="other", view="healthz", status="405") == 1


def test_processes_that_share_a_folder_count_together(tmp_path):
    """Each process writes its own file; whoever is asked adds them up."""
    count = "from supporters import metrics; metrics.signatures.labels('taken').inc(2)"
    tell = (
        "from supporters.exposition import exposition, metrics, MultiProcessCollector\n"
        "from prometheus_client import CollectorRegistry\n"
        "registry = CollectorRegistry(); MultiProcessCollector(registry)\n"
        "print(registry.get_sample_value('undersigned_signatures_total', {'answer': 'taken'}))"
    )
    start = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; django.setup()\n"
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for code, said in ((count, ""), (count, ""), (tell, "4.0")):
        done = subprocess.run(
            [sys.executable, "-c", start + code],
            env=environment, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        assert done.stdout.strip() == said


# Ids


def test_every_answer_has_an_id_of_its_own(client):
    ids = {client.get("/healthz")["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("given", "peer", "kept"),
    [
        ("abcdef-0123", "10.0.0.7", True),
        ("abcdef-0123", "203.0.113.9", False),
        ("short", "10.0.0.7", False),
        ('"><script>', "10.0.0.7", False),
        ("x" * 65, "10.0.0.7", False),
    ],
)
def test_only_our_proxies_give_ids(client, settings, given, peer, kept):
    settings.PETITIONS_TRUSTED_PROXIES = ["10.0.0.0/8"]
    answer = client.get("/healthz", headers={"x-request-id": given}, REMOTE_ADDR=peer)
    assert (answer["X-Request-ID"] == given) is kept


# Log lines


@pytest.fixture(autouse=True)
def _outside_any_request():
    request_id.set("")


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("undersigned", logging.ERROR, "", 1, message, args, None)
    for name, given in extra.items():
        setattr(made, name, given)
    return made


def failing(text: str) -> logging.LogRecord:
    error = ValueError(text)
    made = record("Failed")
    made.exc_info = (ValueError, error, None)
    return made


PERSONAL = "Key\nDETAIL:  Key (petition_id, email_key)=(3, sam.o+x@example.org) already exists."


@pytest.mark.parametrize("formatter", [log_formats.Json(), log_formats.Text()])
def test_tracebacks_name_nobody(formatter):
    for text in (PERSONAL, "sam.o+x@example.org", "at /confirm/12.s3cret/ now"):
        line = formatter.format(failing(text))
        assert "ValueError" in line
        for secret in ("sam.o", "example.org", "s3cret"):
            assert secret not in line


def test_a_line_is_one_object():
    line = log_formats.Json().format(record("Two\nlines %s", "ü", fields={"status": 200}))
    said = json.loads(line)
    assert "\n" not in line
    assert said.pop("time").endswith("+00:00")
    assert said == {
        "level": "ERROR",
        "logger": "undersigned",
        "message": "Two\nlines ü",
        "status": 200,
    }


@pytest.mark.django_db
def test_a_request_can_be_written_down_without_who_and_what(settings, caplog):
    settings.PETITIONS_REQUEST_LOG = True
    signature = SignatureFactory(petition=PetitionFactory(is_open=True))
    address = f"/confirm/{make(Purpose.CONFIRM, signature.pk)}/"
    with caplog.at_level(logging.INFO, logger="undersigned.request"):
        Client().get(address, REMOTE_ADDR="203.0.113.77")
    [line] = [each for each in caplog.records if each.name == "undersigned.request"]
    assert line.getMessage() == "GET confirm 200"
    said = json.loads(log_formats.Json().format(line))
    assert said.pop("request")
    assert set(said) == {
        "time",
        "level",
        "logger",
        "message",
        "method",
        "view",
        "status",
        "milliseconds",
    }
    assert "203.0.113.77" not in str(said)


@pytest.mark.django_db
def test_lines_carry_the_id_of_their_request(client, caplog):
    formatter, lines = log_formats.Json(), []
    handler = logging.Handler()
    handler.emit = lambda made: lines.append(json.loads(formatter.format(made)))
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        answer = client.get("/nowhere/")
    finally:
        logger.removeHandler(handler)
    assert [line["request"] for line in lines] == [answer["X-Request-ID"]]
