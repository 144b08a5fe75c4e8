"""Collects what there is to translate: `python -m tests.messages FOLDER` renews FOLDER/*/…/django.po.

Of the files that git knows, so that neither a virtual environment nor a build is searched. The
references name files without lines, so that a moved paragraph changes no catalogue. A new text stays
empty: what gettext would guess from a similar one reads like a translation and is none.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("config", "petitions", "supporters", "templates")
OPTIONS = ("--no-wrap", "--no-obsolete", "--add-location", "file")


def collect(locale: Path) -> None:
    """Bring the catalogues of a locale folder up to date with the sources."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *SOURCES],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch)
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).suffix in {".py", ".html", ".txt"} and (ROOT / name).exists():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, copy / name)
        shutil.copytree(locale, copy / "locale")
        languages = [f"--locale={path.name}" for path in sorted((copy / "locale").iterdir())]
        subprocess.run(
            [sys.executable, "-m", "django", "makemessages", *languages, *OPTIONS],
            cwd=copy,
            env={
                name: value for name, value in os.environ.items() if not name.startswith("DJANGO")
            },
            check=True,
            capture_output=True,
        )
        for path in (copy / "locale").glob("*/LC_MESSAGES/django.po"):
            _tidy(path, before=polib.pofile(str(locale / path.relative_to(copy / "locale"))))
        shutil.copytree(copy / "locale", locale, dirs_exist_ok=True)


def _tidy(path: Path, *, before: polib.POFile) -> None:
    """Take back the guesses, and write the file so that only what is new makes a difference."""
    catalogue = polib.pofile(str(path), wrapwidth=0)
    for entry in [entry for entry in catalogue if entry.fuzzy]:
        entry.flags.remove("fuzzy")
        entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
        entry.msgstr = ""
        entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
    catalogue.metadata["POT-Creation-Date"] = before.metadata["POT-Creation-Date"]
    catalogue.save()


if __name__ == "__main__":
    collect(Path(sys.argv[1]))
