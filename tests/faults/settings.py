"""The site as it is, with a way to die at a certain moment, and a clock that may be wrong."""

import datetime as dt
import os

import time_machine

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE

MIDDLEWARE = ["tests.faults.dying.Dying", *MIDDLEWARE]

# Seconds. Of this process alone: every clock that Python code can ask, save for the monotonic one.
if shift := int(os.environ.get("FAULTS_CLOCK_SHIFT", "0")):
    wrong = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=shift)
    time_machine.travel(wrong, tick=True).start()
