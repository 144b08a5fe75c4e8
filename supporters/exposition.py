"""What /metrics answers: the counters, and how far the worker is behind, asked of the database."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import Count, Min
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from petitions import clock
from supporters import metrics, outbox
from supporters.models import Signature


def exposition() -> bytes:
    """The metrics in Prometheus's text format. Raises what the database raises."""
    registry = CollectorRegistry()
    if settings.PROMETHEUS_MULTIPROC_DIR:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Counters())
    registry.register(_Queue())
    return generate_latest(registry)


class _Counters(Collector):
    def collect(self) -> Iterator[Metric]:
        yield from metrics.registry.collect()


class _Queue(Collector):
    """How far the worker is behind."""

    def collect(self) -> Iterator[Metric]:
        tail = Signature.objects.tail().aggregate(size=Count("pk"), oldest=Min("confirmed_at"))
        yield _gauge("fold_tail", "Confirmed signatures without a position", tail["size"])
        yield _gauge(
            "fold_lag_seconds",
            "Age of the oldest of them",
            (clock.now() - tail["oldest"]).total_seconds() if tail["oldest"] else 0,
        )
        waiting = GaugeMetricFamily(
            "undersigned_outbox_waiting",
            f"Mails not sent and not given up, up to {outbox.COUNTED_UP_TO:,}",
            labels=["kind"],
        )
        age = GaugeMetricFamily(
            "undersigned_outbox_age_seconds",
            "For how long the oldest of them has been due",
            labels=["kind"],
        )
        for kind, (number, oldest) in outbox.backlog().items():
            waiting.add_metric([kind], number)
            age.add_metric([kind], oldest.total_seconds())
        yield waiting
        yield age


def _gauge(name: str, text: str, value: Any) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"undersigned_{name}", text, value=value)
