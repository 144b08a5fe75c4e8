"""The catalogues are complete: nothing missing, nothing fuzzy, nothing left over, nothing broken."""

import re
import shutil
from collections import Counter
from pathlib import Path

import polib
import pytest
from django.conf import settings

from tests.messages import collect

LOCALE = Path(settings.LOCALE_PATHS[0])
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]  # English is the source

# What must come back in a translation: %(name)s, %d, {name}, {{ name }}, and elements.
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|</?\w+[^>]*>")


def catalogue(language: str, locale: Path = LOCALE) -> polib.POFile:
    return polib.pofile(str(locale / language / "LC_MESSAGES" / "django.po"))


def key(entry: polib.POEntry) -> tuple[str | None, str, str]:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.mark.gettext
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_there_is_to_translate_is_in_the_catalogue(language, tmp_path):
    """`make messages` brings it up to date."""
    shutil.copytree(LOCALE, tmp_path / "locale")
    collect(tmp_path / "locale")
    wanted = {
        key(entry) for entry in catalogue(language, tmp_path / "locale") if not entry.obsolete
    }
    have = {key(entry) for entry in catalogue(language) if not entry.obsolete}
    assert have == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated(language):
    entries = catalogue(language)
    assert [e.msgid for e in entries if e.fuzzy] == []
    assert [e.msgid for e in entries if e.obsolete] == []
    assert [e.msgid for e in entries if not all(text.strip() for text in texts(e))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_has_all_its_forms(language):
    entries = catalogue(language)
    forms = int(re.search(r"nplurals=(\d)", entries.metadata["Plural-Forms"])[1])
    plurals = [entry for entry in entries if entry.msgid_plural]
    assert plurals
    assert {entry.msgid: len(entry.msgstr_plural) for entry in plurals} == {
        entry.msgid: forms for entry in plurals
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_and_elements_come_back(language):
    wrong = []
    for entry in catalogue(language):
        # A number that stands in the singular as a word may be left out of it.
        expected = Counter(_PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for form, text in enumerate(texts(entry)):
            found = Counter(_PLACEHOLDER.findall(text))
            singular = bool(entry.msgid_plural) and form == 0
            if found != expected and not (
                singular and found == Counter(_PLACEHOLDER.findall(entry.msgid))
            ):
                wrong.append((entry.msgid, text))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_read_was_made_from_what_is_written(language):
    compiled = polib.mofile(str(LOCALE / language / "LC_MESSAGES" / "django.mo"))
    assert {key(entry): texts(entry) for entry in compiled} == {
        key(entry): texts(entry) for entry in catalogue(language)
    }
