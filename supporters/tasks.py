"""What a worker does, in which order and how often."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from supporters import (
    closing,
    erasure,
    mailings,
    progress,
    recalls,
    releasing,
    reporting,
    tallies,
    trend,
)
from supporters.accounts import sessions
from supporters.fold import fold_all
from supporters.fraud import erasing, sweeping, watching
from supporters.growth import quiet
from supporters.moderation import late, telling

_TICK, _MINUTE, _HOUR = 0.0, 60.0, 3600.0


@dataclass(frozen=True)
class Task:
    """Whatever `act` returns, it is true while there is more to do `in_batches`; such
    a task comes again at the next tick, however seldom it begins.

    What is prompt comes at each tick. All others share what is left of it (worker.py).
    """

    name: str
    every: float  # seconds until it is due again; 0: at each tick of the worker
    act: Callable[..., Any]
    in_batches: bool = False
    takes_go_on: bool = False  # it asks go_on() before each of its steps
    is_prompt: bool = False

    @property
    def is_seldom(self) -> bool:
        return self.every >= _HOUR


_prompt = partial(Task, every=_TICK, is_prompt=True)
_in_steps = partial(Task, in_batches=True, takes_go_on=True)

TASKS = (
    _prompt("closing", act=closing.close_due),
    _prompt("fold", act=fold_all),
    _prompt("scheduled updates", act=releasing.release_due),
    _in_steps("sweeps", _TICK, sweeping.run),
    _in_steps("mailings", _TICK, mailings.fill),
    Task("cancelled mailings", _TICK, mailings.remove_cancelled, takes_go_on=True),
    Task("numbers of mailings", _TICK, progress.refresh, takes_go_on=True),
    Task("trend", _MINUTE, trend.refresh),
    Task("progress", _MINUTE, trend.refresh_progress),
    Task("tallies", _MINUTE, tallies.refresh),
    Task("watch", _MINUTE, watching.watch),
    Task("moderators", _MINUTE, telling.tell),
    Task("quiet", _HOUR, quiet.tell),
    Task("closing dates", _HOUR, closing.announce),
    Task("late reviews", _HOUR, late.tell),
    _in_steps("erasure", _HOUR, erasure.erase_unconfirmed),
    _in_steps("swept signatures", _HOUR, erasing.erase_swept),
    _in_steps("networks", _HOUR, erasing.forget_networks),
    _in_steps("suspicions", _HOUR, erasing.forget_suspicions),
    _in_steps("drafts", _HOUR, erasure.erase_stale_drafts),
    _in_steps("invitations", _HOUR, erasure.forget_invitations),
    _in_steps("reports", _HOUR, reporting.forget_addresses),
    _in_steps("recalled pages", _HOUR, recalls.forget),
    _in_steps("old mails", _HOUR, erasure.forget_mails),
    _in_steps("sessions", _HOUR, sessions.forget),
)
