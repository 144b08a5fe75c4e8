"""The table of docs/performance.md that bench.py writes: its own rows anew, the others as they were."""

import os
import platform
import re
import statistics
import subprocess
from datetime import UTC, datetime
from functools import cache

import django

from benchmarks.cases.rounds import Result, span
from benchmarks.place import ROOT, THREADS

DOCUMENT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- made by benchmarks/bench.py -->\n", "<!-- end of what bench.py made -->\n"
# What a figure depends on. A row is marked when any of it was changed since its commit.
CODE = ("benchmarks", "config", "petitions", "supporters", "templates", "requirements.lock")
OLDER = ", before later changes of the code"
_COMMIT = re.compile(r"\d at ([0-9a-f]{7,40})(\+?), load [\d.]+ \|$")
HEAD = (
    "| case | median (range) | beside | median (range) | ratio (range) | to reach | notes |\n"
    "|---|---|---|---|---|---|---|\n"
)


def row(result: Result) -> str:
    ratios = result.ratios
    ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
    rounds = len(result.ours)
    how = result.how or (f"{rounds} rounds" if rounds > 1 else "once")
    when = f"{datetime.now(UTC):%Y-%m-%d} at {revision()}, load {os.getloadavg()[0]:.1f}"
    notes = "; ".join([how, *result.notes, when])
    cells = [result.title, span(result.ours, result.unit), result.beside,
             span(result.floor, result.unit), ratio, result.target, notes]  # fmt: skip
    return f"| {' | '.join(cells)} |\n"


@cache
def revision() -> str:
    """The commit of the code that runs, "+" where it was changed since. Documents are no code: the
    case before this one has written its rows."""
    ask = ["git", "-C", str(ROOT)]
    commit = subprocess.run(
        [*ask, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    changed = subprocess.run(
        [*ask, "status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs"],
        capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    return f"{commit}{'+' if changed else ''}" if commit else "an unknown revision"


@cache
def is_as_now(commit: str) -> bool:
    """Whether the code is what it was at this commit, changes without a commit included."""
    asked = ["git", "-C", str(ROOT), "diff", "--quiet", commit, "--", *CODE]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def marked(line: str) -> str:
    """A row of the document with or without the mark, as is true today. It is marked, too, when its
    commit is not named or not known, or when it was measured with changes that nobody has kept."""
    line = line.replace(OLDER, "")
    found = _COMMIT.search(line)
    if found and not found[2] and is_as_now(found[1]):
        return line
    return line.removesuffix(" |") + OLDER + " |"


def write(results: list[Result], database: str) -> None:
    text = DOCUMENT.read_text()
    if BEGIN not in text:
        text = f"{text.rstrip()}\n\n## Throughput\n\n{BEGIN}{END}"
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    rows = {
        line.split("|")[1].strip(): marked(line) + "\n"
        for line in old.splitlines()
        if line.startswith("| ")
    }
    rows.pop("case", None)
    if database.startswith("SQLite"):  # its one row says so; the others are PostgreSQL's
        database = next(iter(re.findall(r"PostgreSQL [\d.]*\d(?: \([^)]*\))?", old)), database)
    rows |= {result.title: row(result) for result in results}
    DOCUMENT.write_text(
        before + BEGIN + about(database) + HEAD + "".join(rows.values()) + END + after
    )


def about(database: str) -> str:
    """Of the machine that wrote last, and what holds for all rows."""
    return (
        f"`make bench`, or `make bench CASE=page` for one case. The last one ran on {os.cpu_count()} cores "
        f"with {_memory():.0f} GB, {_system()}, Python {platform.python_version()}, "
        f"Django {django.__version__}, {database}, everything on this one machine: granian with "
        f"2 processes of {THREADS} threads, the database, and `wrk` with keep-alive. Ours and the floor "
        "in turns. The notes begin with what a round was and end with the day, the commit (+: with "
        "changes that were not committed) and the machine's load at the end, wrk's and the database's "
        "share included: other work may have run beside it, so a ratio says more than a rate. "
        "“Before later changes of the code” is said of a row when the site, the case or a dependency is "
        "not what it was at its commit, whether or not that matters to the figure, and when its commit is "
        "not known. Rows without a commit are 3 rounds, of 5 s where they give a rate, unless the notes or "
        "a range of one figure say otherwise. After each run what was acknowledged was compared with what "
        "is stored and counted.\n\n"
    )


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()
