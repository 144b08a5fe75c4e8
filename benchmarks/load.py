"""One run of wrk, and what it saw."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).parent / "wrk"
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1_000.0, "m": 60_000.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    per_second: float
    answered: int  # with 2xx or 3xx
    refused: int  # with another status
    lost: int  # without any: no connection, or no answer in time
    p99: float  # milliseconds

    @classmethod
    def read(cls, text: str) -> "Run":
        total = int(re.search(r"(\d+) requests in", text)[1])  # type: ignore[index]
        wrong = sum(map(int, re.findall(r"Non-2xx or 3xx responses: (\d+)", text)))
        broken = re.search(r"connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
        lost = sum(map(int, broken.groups())) if broken else 0
        number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", text).groups()  # type: ignore[union-attr]
        return cls(
            per_second=float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),  # type: ignore[index]
            answered=total - wrong,
            refused=wrong,
            lost=lost,
            p99=float(number) * _UNITS[unit],
        )


def run(
    url: str, *, seconds: int, clients: int = 32, script: str = "", args: tuple[str, ...] = ()
) -> Run:
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", "--latency"]
    if script:
        command += ["-s", str(SCRIPTS / script)]
    command += [url, "--", *args]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60)
    return Run.read(done.stdout)
