"""The table of docs/performance.md that bench.py writes: its own rows anew, the others as they were."""

import os
import platform
import re
import statistics
from datetime import UTC, datetime
from pathlib import Path

import django

from benchmarks.cases.rounds import ROUNDS, SECONDS, Result
from benchmarks.place import THREADS

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- made by benchmarks/bench.py -->\n", "<!-- end of what bench.py made -->\n"
HEAD = (
    "| case | median (range) | beside | median (range) | ratio (range) | to reach | notes |\n"
    "|---|---|---|---|---|---|---|\n"
)


def span(numbers: list[float], unit: str) -> str:
    digits = 2 if unit.startswith("ms") else 0
    low, middle, high = (
        f"{number:,.{digits}f}"
        for number in (min(numbers), statistics.median(numbers), max(numbers))
    )
    return f"{middle} {unit} ({low}–{high})" if unit != "/s" else f"{middle}/s ({low}–{high})"


def row(result: Result) -> str:
    ratios = result.ratios
    ratio = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
    notes = "; ".join(
        [*result.notes, f"{datetime.now(UTC):%Y-%m-%d}, load {os.getloadavg()[0]:.1f}"]
    )
    cells = [result.title, span(result.ours, result.unit), result.beside,
             span(result.floor, result.unit), ratio, result.target, notes]  # fmt: skip
    return f"| {' | '.join(cells)} |\n"


def write(results: list[Result], database: str) -> None:
    text = DOCUMENT.read_text()
    if BEGIN not in text:
        text = f"{text.rstrip()}\n\n## Throughput\n\n{BEGIN}{END}"
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    rows = {
        line.split("|")[1].strip(): line + "\n"
        for line in old.splitlines()
        if line.startswith("| ")
    }
    rows.pop("case", None)
    if database.startswith("SQLite"):  # its one row says so; the others are PostgreSQL's
        database = next(iter(re.findall(r"PostgreSQL [\d.]+\d", old)), database)
    rows |= {result.title: row(result) for result in results}
    DOCUMENT.write_text(
        before + BEGIN + about(database) + HEAD + "".join(rows.values()) + END + after
    )


def about(database: str) -> str:
    return (
        f"`make bench`, or `make bench CASE=page` for one row: {ROUNDS} rounds of {SECONDS} s each, "
        f"ours and the floor in turns, 32 clients of `wrk` with keep-alive on the same machine, "
        f"granian with 2 processes of {THREADS} threads. {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, Django {django.__version__}, {database}. The load in the "
        "last column is the machine's at the end, wrk's and the database's share included: other work "
        "may have run beside it, so a ratio says more than a rate. After each run what was "
        "acknowledged was compared with what is stored and counted.\n\n"
    )
