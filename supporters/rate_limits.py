"""How often one client may act; generous, because a school or a carrier shares one address.

Counted in this process, or in Redis for all of them (REDIS_URL). A Redis that does not answer
lets everybody through: a rate limit must never cost a signature.
"""

import logging
import time
from bisect import bisect_right
from functools import cache, lru_cache
from threading import Lock
from typing import Literal

from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry

from . import metrics
from .client import client_hash

logger = logging.getLogger(__name__)

Scope = Literal[
    "sign", "resend", "save", "change", "login", "start", "draft", "test", "report", "preview"
]

REDIS_PATIENCE = 0.25  # seconds, to connect and to answer
REDIS_REST = 5  # seconds without asking again, so that a hanging Redis does not slow down everyone
SWEEP_EVERY = 60  # seconds

_building = Lock()  # lru_cache alone may build two, each with a count of its own
_silent_until = 0.0  # time.monotonic()


def allow(request: HttpRequest, scope: Scope, *, whose: str = "") -> bool:
    """Count this request; False when its client has used up the scope's rate.

    With `whose` it is that thing's instead of the client's, so that no neighbour can use it up.
    """
    global _silent_until  # noqa: PLW0603 (a clock, written by whoever met the failure)
    if time.monotonic() < _silent_until:
        return True
    rate = _rate(settings.PETITIONS_RATE_LIMITS[scope])
    try:
        with _building:
            limiter = _limiter(settings.REDIS_URL)
        allowed = limiter.hit(rate, scope, whose or client_hash(request))
    except StorageError as error:
        _silent_until = time.monotonic() + REDIS_REST
        logger.warning("No rate limits for %s seconds, Redis failed: %s", REDIS_REST, error)
        return True
    if not allowed:
        metrics.rate_limited.labels(scope).inc()
    return allowed


def reset() -> None:
    """Forget what this process has counted, and that Redis failed."""
    global _silent_until  # noqa: PLW0603
    _silent_until = 0.0
    _limiter.cache_clear()


class Memory(MemoryStorage):
    """`limits` keeps a list for every client ever seen and walks over all of them at each hit.

    That cost 8 ms of CPU per hit at 10,000 clients. Here a hit costs the same however many there
    are, and once a minute those are dropped whose window has passed. It serves hit() alone.
    """

    def __init__(self) -> None:
        super().__init__(wrap_exceptions=True)
        self._lock = Lock()
        self._hits: dict[str, tuple[list[float], int]] = {}  # times, seconds that they count for
        self._swept_at = time.monotonic()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        now = time.monotonic()
        with self._lock:
            if now - self._swept_at > SWEEP_EVERY:
                self._sweep(now)
            times, _ = self._hits.setdefault(key, ([], expiry))
            del times[: bisect_right(times, now - expiry)]
            if len(times) + amount > limit:
                return False
            times.extend([now] * amount)
            return True

    def _sweep(self, now: float) -> None:
        self._swept_at = now
        self._hits = {
            key: (times, expiry)
            for key, (times, expiry) in self._hits.items()
            if times and times[-1] > now - expiry
        }


@cache
def _rate(text: str) -> RateLimitItem:
    return parse(text)


@lru_cache(maxsize=1)
def _limiter(redis_url: str) -> MovingWindowRateLimiter:
    if not redis_url:
        return MovingWindowRateLimiter(Memory())
    pool = ConnectionPool.from_url(
        redis_url,
        socket_connect_timeout=REDIS_PATIENCE,
        socket_timeout=REDIS_PATIENCE,
        retry=Retry(NoBackoff(), 0),  # redis-py's default would try for seconds
    )
    return MovingWindowRateLimiter(
        RedisStorage(redis_url, connection_pool=pool, wrap_exceptions=True)
    )
