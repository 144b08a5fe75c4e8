"""What the project promises about itself: its set-up, its layout and who may import whom."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from packaging.requirements import Requirement

from tests.programs import SERVERS

ROOT = Path(__file__).resolve().parent.parent
APPS = ("config", "petitions", "supporters")
LOCKS = ("requirements.lock", "requirements-dev.lock")
RUN = (
    "python3 -m venv .venv && .venv/bin/pip install -q -r requirements.lock"
    " && .venv/bin/python manage.py demo"
)
TEST = (
    "python3 -m venv .venv && .venv/bin/pip install -q -r requirements-dev.lock"
    " && .venv/bin/python -m pytest"
)


def ours(*folders: str) -> list[Path]:
    """The Python files we write by hand."""
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in files if "migrations" not in path.parts]


def pins(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text().splitlines()
    found = (re.match(r"([a-z0-9._-]+)(?:\[.+\])?==([^ ;\\]+)", line) for line in lines)
    return {pin[1]: pin[2] for pin in found if pin}


# Set-up


def test_the_first_two_code_blocks_of_the_readme_are_all_it_takes():
    readme = (ROOT / "README.md").read_text()
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert blocks[:2] == [("sh", RUN + "\n"), ("sh", TEST + "\n")]


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_index_and_hash_every_file(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=sha256:)", text, re.MULTILINE)
    requirements = re.split(r"\n(?=[a-z0-9])", text)[1:]
    assert len(requirements) > 15
    assert [r.split()[0] for r in requirements if "--hash=sha256:" not in r] == []


def test_the_development_lock_contains_the_runtime():
    runtime, development = pins("requirements.lock"), pins("requirements-dev.lock")
    assert runtime.items() <= development.items()


def test_every_direct_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = pins("requirements-dev.lock")
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = [re.match(r"[A-Za-z0-9._-]+", line)[0].lower().replace("_", "-") for line in wanted]
    assert [name for name in names if name not in locked] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_what_others_want_with_an_extra_is_locked_with_it(lock):
    """Older pips look for `coverage[toml]` apart from `coverage`, and find the newest of all."""
    text = (ROOT / lock).read_text()
    installed = {dist.name.lower().replace("_", "-"): dist for dist in distributions()}
    asked = [
        wanted
        for name in pins(lock)
        if name in installed  # some are for other systems
        for wanted in map(Requirement, installed[name].requires or [])
        if wanted.extras and (wanted.marker is None or wanted.marker.evaluate({"extra": ""}))
    ]
    for wanted in asked:
        [extras] = re.findall(rf"^{wanted.name}(?:\[(.+)\])?==", text, re.MULTILINE)
        assert wanted.extras <= set(extras.split(",")), str(wanted)
    assert asked or lock == "requirements.lock"


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_readme_lists_every_setting_and_no_other():
    files = ("settings.py", "databases.py")
    settings = "".join((ROOT / "config" / name).read_text() for name in files)
    read = set(re.findall(r"\benv\.\w+\(\s*\"([A-Z_]+)\"", settings))
    readme = (ROOT / "README.md").read_text()
    listed = re.findall(r"^\| `([A-Z_]+)` \|", readme, re.MULTILINE)
    assert len(listed) == len(set(listed)) > 15
    assert set(listed) == read


# Layout


@pytest.mark.parametrize(
    "path",
    [
        "manage.py",
        "pyproject.toml",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        ".ci/run",
        "config/settings.py",
        "config/checks.py",
        "config/urls.py",
        "config/wsgi.py",
        "petitions/models",
        "supporters/fold.py",
        "supporters/outbox.py",
        "supporters/tokens.py",
        "supporters/count.py",
        "templates/base.html",
        "static",
        "tests/factories.py",
        "docs/decisions",
        "docs/operations.md",
        "docs/performance.md",
    ],
)
def test_everything_has_its_place(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("program", SERVERS.values())
def test_ci_installs_what_tests_ask_for_or_says_that_it_is_not_there(program):
    """Without it they are left out, which nobody sees who only reads that all passed."""
    run = (ROOT / ".ci/run").read_text()
    assert f"command -v {program} " in run
    assert re.search(rf"wanted\+=\([^)]*\b{program}\b", run)
    assert re.search(rf"missing\+=\(\"[^\"]*\bno {program} here", run)


def test_no_file_is_a_grab_bag():
    grab_bags = {"utils.py", "helpers.py", "services.py", "common.py", "misc.py"}
    assert [str(path) for path in ours(*APPS, "tests") if path.name in grab_bags] == []


def test_no_file_grows_past_four_hundred_lines():
    lengths = {path: len(path.read_text().splitlines()) for path in ours(*APPS)}
    assert {str(path): n for path, n in lengths.items() if n > 400} == {}


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


# One arrow


def test_the_import_contract_holds():
    command = "from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"
    result = subprocess.run(
        [sys.executable, "-c", command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def names_in(path: Path) -> set[str]:
    """Identifiers, and the parts of texts that look like one: "app.Model", lookup__paths."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                names.update(name.split("__"))
            case ast.Constant(value=str(text)) if re.fullmatch(r"[\w.]+", text):
                names.update(re.split(r"\.|__", text))
    return names


def test_petitions_does_not_even_name_supporters_models():
    """Reverse accessors and models named in texts get past an import contract."""
    models = list(apps.get_app_config("supporters").get_models())
    assert models
    forbidden = {model.__name__ for model in models} | {"supporters"}
    for model in apps.get_app_config("petitions").get_models():
        for relation in model._meta.related_objects:
            if relation.related_model in models:
                forbidden |= {relation.name, relation.get_accessor_name()}
    found = {str(path): names_in(path) & forbidden for path in ours("petitions")}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("an inline style", r"\sstyle\s*="),
        ("an inline style sheet", r"<style\b"),
        ("a script without an address", r"<script(?![^>]*\b(src=|type=\"application/ld\+json\"))"),
        ("an event handler", r"\son[a-z]+\s*=\s*[\"']"),
    ],
)
def test_templates_leave_the_content_security_policy_alone(what, pattern):
    pages = [
        path
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "mails" not in path.parts  # a mail has no policy, and nothing but inline styles
    ]
    assert pages
    found = [str(path) for path in pages if re.search(pattern, path.read_text(), re.IGNORECASE)]
    assert found == [], what


def test_public_templates_know_nobody():
    """What depends on the visitor would make a page uncacheable, or show one's page to another."""
    pages = [
        path
        for folder in ("petitions", "supporters")
        for path in sorted((ROOT / "templates" / folder).rglob("*.html"))
    ]
    assert pages
    personal = re.compile(r"request\.(user|session)|\bmessages\b|csrf_token|\buser\.is_|\bperms\.")
    found = [
        f"{path}: {match[0]}"
        for path in [ROOT / "templates" / "base.html", *pages]
        for tag in re.findall(r"{[{%].*?[%}]}", path.read_text(), re.DOTALL)
        if (match := personal.search(tag))
    ]
    assert found == []
