"""What a mail without HTML makes of Markdown."""

import re
import time
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from petitions.text import mail_text, plain
from tests.petitions.test_text import MARKUP


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@pytest.mark.parametrize(
    ("markdown", "said"),
    [
        ("[register here](https://a.org/r?a=1&b=2)", "register here (https://a.org/r?a=1&b=2)"),
        ("[the **bold** one][1]\n\n[1]: https://a.org", "the bold one (https://a.org)"),
        ("[https://bank.org](https://evil.org)", "https://bank.org (https://evil.org)"),
        ("[a.org](https://a.org)", "a.org (https://a.org)"),
        ("[write](mailto:a@b.org) or [call](tel:+34600)", "write (a@b.org) or call (+34600)"),
        ("![A tree](https://a.org/t.png)", "A tree (https://a.org/t.png)"),
        ("[](https://a.org)", "https://a.org"),
        ("[label](javascript:alert(1))", "label"),
    ],
)
def test_after_the_words_of_a_link_is_its_address(markdown, said):
    assert mail_text(markdown) == said


@pytest.mark.parametrize(
    "text",
    [
        "See https://a.org/x_(y).",
        "www.a.org, please",
        "Ask a.b+c@city.gov.uk.",
        "https://例.org/你",
    ],
)
def test_an_address_is_not_said_twice(text):
    assert mail_text(text) == text
    assert mail_text("<https://a.org> [https://a.org](https://a.org/)") == (
        "https://a.org https://a.org"
    )


def test_blocks_stand_apart_and_lines_stay():
    markdown = (
        "## Costs\nWe **ask**\nthe `city` &amp; all.\n\n\nNot ~~Monday~~.\n\n***\n"
        "| a | b |\n|---|---|\n| c | d |\n\n```\nx\n  y\n\n-- \n```\n"
    )
    assert mail_text(markdown) == (
        "Costs\n\nWe ask\nthe city & all.\n\nNot ~~Monday~~.\n\n* * *\n\n"
        "a | b\nc | d\n\nx\n  y\n\n--"
    )
    assert mail_text(" \n\n") == ""
    assert mail_text("a\n\n```\n \n  x\n\n\u2028\n```\n\nb") == "a\n\n  x\n\nb"


def test_a_table_says_no_empty_row_and_no_empty_cell_at_the_end_of_one():
    markdown = "| a | b | c |\n|---|---|---|\n| d |\n||||\n|| e | |\n|\n\nf"
    assert mail_text(markdown) == "a | b | c\nd\n– | e\n\nf"
    assert mail_text("| | |\n|-|-|\n| | |\n\ng") == "g"


def test_lists_and_quotes_keep_their_marks():
    tight = "What to do:\n* one\n* two\n  more\n  * within\n* three\n\nThen:\n\n9. a\n9. b"
    assert mail_text(tight) == (
        "What to do:\n\n- one\n- two\n  more\n  - within\n- three\n\nThen:\n\n9. a\n10. b"
    )
    assert mail_text("1) a\n\n   b\n2) c") == "1. a\n\n   b\n\n2. c"
    assert mail_text("> a\nb\n>\n> - c\n> - d\n\ne") == "> a\n> b\n>\n> - c\n> - d\n\ne"
    assert mail_text("0. a\n7. b") == "0. a\n1. b"
    assert mail_text("- a\n\n1. b\n\n> c") == "- a\n\n1. b\n\n> c"


@given(st.text() | MARKUP)
@example("&#12;&#13;")
@settings(deadline=None)
def test_of_any_text_every_word_is_there(markdown):
    said = mail_text(markdown)
    said.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]| $", said, re.MULTILINE)
    assert not Counter(words(plain(markdown))) - Counter(words(said))


@pytest.mark.parametrize("unit", [">", "- ", "1. ", "[a](", "> a\n", "http://a.b/((", "~~a"])
def test_pathological_texts_come_back(unit):
    began = time.process_time()
    mail_text(unit * (20_000 // len(unit)))
    assert time.process_time() - began < 10


TABLE = "|a" * 300 + "|\n" + "|-" * 300 + "|\n"


@pytest.mark.parametrize(
    ("begins", "goes_on"),
    [
        ("> " * 18, "a\n"),
        ("- " * 18, "a\n"),
        ("999999999. " * 9, "a\n"),
        ("", ">" * 18 + "***\n"),
        (TABLE, "|\n"),
        ("> - " + TABLE.replace("\n|", "\n>   |"), ">   |\n"),
        ("[a]: https://a.org/" + "漢" * 9_000 + "\n\n", "[a] "),
        ("[a]: https://a.org/b\n\n", "[a] "),
    ],
)
def test_no_text_becomes_many_times_longer(begins, goes_on):
    markdown = begins + goes_on * ((20_000 - len(begins)) // len(goes_on))
    assert len(mail_text(markdown)) <= 60_000


def test_what_would_grow_too_much_is_said_in_words_alone():
    assert mail_text("> " * 9 + "**a**\n" + "b\n" * 2_000).startswith("> > > > > > > > > a\n> > ")
    assert mail_text("> " * 9 + "**a**\n" + "b\n" * 9_000) == "a" + " b" * 9_000


@pytest.mark.parametrize(
    "markdown", [">" * 60 + " words", "\n".join(" " * 2 * n + "- words" for n in range(60))]
)
def test_the_deepest_level_loses_no_words(markdown):
    assert mail_text(markdown).count("words") == markdown.count("words")
