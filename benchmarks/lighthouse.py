"""What Lighthouse says of seven pages, on a phone over simulated slow 4G. Ends with 1 below LIMITS.

    .ci/tools FOLDER && .venv/bin/python benchmarks/lighthouse.py FOLDER

FOLDER is where `.ci/tools` has put Lighthouse. The site runs as in production (Granian, hashed and
compressed files, DEBUG off) in a copy of what git knows, with the demo's petitions, on loopback.
Pages for one person are marked noindex on purpose, which Lighthouse's SEO calls a fault: that one
audit, is-crawlable, is left out for them, and only for them. CPU is Lighthouse's benchmark index.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.chromium import find_chromium

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = Path(__file__).with_suffix(".mjs")
LIMITS = {"performance": 99, "accessibility": 100, "best-practices": 100, "seo": 100}

# Names in tests/catalogue.py. The answer to a form with mistakes begins at the form.
PAGES = {
    "home": {},
    "list": {},
    "petition-open": {},
    "petition-closed": {},
    "sign": {"name": "sign-errors", "submit": True, "noindex": True},
    "confirm": {"noindex": True},
    "signature": {"noindex": True},
}
ADDRESSES = """
import json, sys, django
django.setup()
from tests.catalogue import STATES, World
world = World()
print(json.dumps({state.name: world.address(state.where) for state in STATES
                  if isinstance(state.where, str) and state.name in sys.argv[1:]}))
"""


def main(tools: Path) -> int:
    with TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        site = Path(folder) / "site"
        environment = _deploy(site, port)
        addresses = json.loads(_python(site, environment, "-c", ADDRESSES, *PAGES))
        pages = [{"name": name, "address": addresses[name], **how} for name, how in PAGES.items()]
        with _served(site, environment, port):
            return _report(_measure(tools, f"http://localhost:{port}", pages))


def _deploy(site: Path, port: int) -> dict[str, str]:
    """Copy the site, collect its files, make its database; the environment that it runs in."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        target = site / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # removed, and git not told yet
            target.write_bytes((ROOT / name).read_bytes())
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SITE_URL": f"http://localhost:{port}",
        "DATABASE_URL": f"sqlite:///{site / 'db.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "WARNING",
    }
    _python(site, environment, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    _python(site, environment, "manage.py", "migrate", "--verbosity", "0")
    return environment


def _python(site: Path, environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=site, env=environment, check=True, stdout=subprocess.PIPE, text=True, timeout=120,
    )  # fmt: skip
    return done.stdout


@contextmanager
def _served(site: Path, environment: dict[str, str], port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-ws", "--log-level", "warning"]
    command += ["--workers", "1", "--blocking-threads", "32"]
    server = subprocess.Popen(command, cwd=site, env=environment)
    try:
        deadline = time.monotonic() + 30
        while True:
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)
                break
            if time.monotonic() > deadline or server.poll() is not None:
                raise SystemExit("The site did not start.")
            time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(timeout=15)


def _measure(tools: Path, site: str, pages: list[dict[str, object]]) -> list[dict[str, object]]:
    script = tools / SCRIPT.name  # beside node_modules, where its imports are looked for
    script.write_bytes(SCRIPT.read_bytes())
    asked = {"chromium": find_chromium(whole=True), "site": site, "pages": pages, "limits": LIMITS}
    done = subprocess.run(
        ["node", str(script)],
        input=json.dumps(asked), check=True, stdout=subprocess.PIPE, text=True, timeout=900,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def _report(results: list[dict[str, object]]) -> int:
    """Print a line a page; 1 when one is below its limits."""
    fails = 0
    print(
        f"{'':18}{'perf':>5}{'a11y':>5}{'best':>5}{'seo':>5}{'CLS':>7}{'FCP':>9}{'LCP':>9}{'CPU':>6}"
    )
    for result in results:
        scores = [result["scores"][name] for name in LIMITS]
        numbers = "".join(f"{score:5}" for score in scores)
        print(
            f"{result['name']:18}{numbers}{result['shift']:7.3f}"
            f"{result['paint']:6} ms{result['largest']:6} ms{result['cpu']:6.0f}"
        )
        if result["shift"] or any(
            score < limit for score, limit in zip(scores, LIMITS.values(), strict=True)
        ):
            fails += 1
            print(f"  below the limits: {result['url']}")
        for fault in result["failed"]:
            print(f"  {fault}")
    return 1 if fails or len(results) < len(PAGES) else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    raise SystemExit(main(Path(sys.argv[1]).resolve()))
