"""Where Chromium is on this machine."""

import os
import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The shell, what Chromium is without its windows, first: the same pages in two thirds of the time.
SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium(*, whole: bool = False) -> str | None:
    """The browser's path: CHROMIUM if it is set, otherwise the first of its usual names in PATH.

    `whole`: not the shell.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    names = NAMES if whole else (SHELL, *NAMES)
    return next((path for name in names if (path := shutil.which(name))), None)
