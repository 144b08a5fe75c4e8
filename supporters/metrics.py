"""Counters of what happens, for /metrics.

With PROMETHEUS_MULTIPROC_DIR set, the processes of a machine, web and worker, count together in
that folder; without it each tells of itself alone. No label names a person, an address or a
petition.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram

registry = CollectorRegistry()

requests = Counter(
    "undersigned_requests", "Answers given", ["method", "view", "status"], registry=registry
)
seconds = Histogram(
    "undersigned_request_seconds",
    "Time until an answer was ready, of those that were not kept in memory",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=registry,
)
signatures = Counter("undersigned_signatures", "Forms taken", ["answer"], registry=registry)
kept_out = Counter(
    "undersigned_kept_out",
    "Of the forms taken, those that a block list kept out",
    registry=registry,
)
confirmations = Counter(
    "undersigned_confirmations", "Buttons pressed", ["answer"], registry=registry
)
rate_limited = Counter("undersigned_rate_limited", "Requests refused", ["scope"], registry=registry)
shed = Counter("undersigned_shed", "Requests refused for the sake of others", ["why"],
               registry=registry)  # fmt: skip
mails = Counter("undersigned_mails", "Mails tried", ["result"], registry=registry)
