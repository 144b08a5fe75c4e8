"""The site as it is, with a way to die at a certain moment, and a clock that may be wrong, or be set
while it runs."""

import datetime as dt
import os
import sys
import threading
import time
from pathlib import Path

import time_machine

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE

MIDDLEWARE = ["tests.faults.dying.Dying", *MIDDLEWARE]

# Seconds. Of this process alone: every clock that Python code can ask, save for the monotonic one.
if shift := int(os.environ.get("FAULTS_CLOCK_SHIFT", "0")):
    wrong = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=shift)
    time_machine.travel(wrong, tick=True).start()


def _follow(file: Path) -> None:
    """Set the clock whenever the file says another number of seconds, and say so in the log."""
    traveller = time_machine.travel(dt.datetime.now(dt.UTC), tick=True).start()
    said = 0
    while True:
        if (now := int(file.read_text() or said)) != said:
            traveller.shift(now - said)
            said = now
            print(f"The clock is {said} seconds wrong.", file=sys.stderr, flush=True)  # noqa: T201
        time.sleep(0.05)


if clock := os.environ.get("FAULTS_CLOCK"):
    threading.Thread(target=_follow, args=[Path(clock)], daemon=True).start()
