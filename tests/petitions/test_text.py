import json
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from petitions.text import LONGEST_FORMATTED, MOST_CELLS, linked, mail_text, plain, render

HOSTILE = Path(__file__).parents[3] / "shared/data/hostile_texts.jsonl"
HARMLESS = {
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code",
    "em", "strong", "s", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
MARKUP = st.text(
    st.sampled_from("[]()!*_`~<>#|-=+\n\t \\&;:/.@'\"1aé漢\u200d\u0301\x00\x0c\ud800😀")
) | st.lists(
    st.sampled_from(
        ["![", "](", "https://a.org", "www.a.org", "javascript:", "<script>", "</p>", "\n\n", "\n",
         "    ", "- ", "> ", "| a |", "|-|", "```", "# ", "&#12;", "&lt;", "&#xD800;", "mailto:a@b.org",
         "[a]: javascript:b\n", "<b onclick=x>", " ", ")", "]", "tel:1", "data:text/html,x", "//a.org"]
    )
).map("".join)  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.rels, self.attributes = [], [], set(), set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "a":
            self.links.append(dict(attrs).get("href"))
            self.rels.add(dict(attrs)["rel"])

    def headings(self):
        return [tag for tag in self.tags if re.fullmatch("h[1-6]", tag)]


def assert_harmless(html):
    page = Page(html)
    assert set(page.tags) <= HARMLESS
    assert page.attributes <= {"href", "rel", "start"}
    assert page.rels <= {"nofollow ugc noopener"}
    for link in filter(None, page.links):
        assert link.lower().startswith(("http://", "https://", "mailto:", "tel:"))


# Any text


@given(st.text() | MARKUP, st.integers(1, 6))
@example("&#12;", 2)
@example("\ud800\x00", 2)
@settings(deadline=None)
def test_whatever_is_typed_is_harmless(markdown, top):
    html = render(markdown, top=top)
    assert_harmless(html)
    for text in (html, plain(markdown)):
        text.encode()
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)


@pytest.mark.shared
def test_real_hostile_texts_are_harmless():
    texts = [json.loads(line) for line in HOSTILE.read_text().split("\n") if line]
    for text in texts:
        for field in (text["title"], text["body"]):
            assert_harmless(render(field))
            assert plain(field) or not any(map(str.isalnum, field))
    assert len(texts) > 10


@pytest.mark.parametrize(
    "unit",
    ["[", "![", ">", "*", "**a", "_a", "`", "- ", "1. ", "<", "&", "~~a", "[a](", "|", "(", "#",
     "http://", "http://a.b/((", "www.", "xn--www.", "www.$", "a@", "a.", "a\n", "> a\n", "[a]: b\n"],
)  # fmt: skip
def test_pathological_texts_come_back(unit):
    # The slowest takes about a second; the expressions of linkify-it took minutes for some.
    markdown = unit * (20_000 // len(unit))
    assert_harmless(render(markdown))
    plain(markdown)


def test_more_than_any_field_holds_is_shown_unformatted():
    times = LONGEST_FORMATTED // 8
    markdown = "*a*\n<b>\n\n" * times
    html = render(markdown)
    assert html.startswith("<p>*a*<br>\n&lt;b&gt;</p>")
    assert html.count("*a*") == times
    assert plain("a " * LONGEST_FORMATTED) == ("a " * LONGEST_FORMATTED).strip()


@pytest.mark.parametrize(
    "said", ["https://a.org/" + "漢" * 9_000, "https://a.org '" + '"' * 9_000 + "'"]
)
def test_an_address_that_is_repeated_makes_no_long_page(said):
    markdown = f"[a]: {said}\n\n" + "[a] " * 2_000
    assert len(render(markdown)) < 7 * len(markdown)  # a quotation mark is written &quot;
    assert plain(markdown).endswith("[a]")
    assert len(Page(render("[a]: https://a.org/b\n\n" + "[a] " * 3_000)).links) == 3_000


WIDE = "a|" * 1_200 + "\n" + "-|" * 1_200 + "\n" + "a\n" * 8_000
SMALL = "a|" * 180 + "\n" + "-|" * 180 + "\n" + "a\n" * 360 + "\n"


@pytest.mark.parametrize(
    "markdown",
    [SMALL * 13, WIDE, "> " + (SMALL * 9).replace("\n", "\n> ")],
)
def test_rows_that_are_filled_up_make_no_long_page(markdown):
    tags = Page(render(markdown)).tags
    assert tags.count("table") >= 1
    assert MOST_CELLS / 2 < tags.count("td") + tags.count("th") <= MOST_CELLS
    assert plain(markdown).count("a") == markdown.count("a")  # no word is lost
    assert len(mail_text(markdown)) < 2 * len(markdown)


def test_a_long_table_is_a_table():
    markdown = "a | b | c\n-|-|-\n" + "d | e | f\n" * 1_200
    assert Page(render(markdown)).tags.count("td") == 3_600


@pytest.mark.parametrize(
    "markdown",
    [
        ">" * 60 + " words",
        "- " * 60 + "words",
        "\n".join(" " * 2 * n + "- words" for n in range(60)),
    ],
)
def test_the_deepest_level_loses_no_words(markdown):
    assert render(markdown).count("words") == markdown.count("words")
    assert plain(markdown).count("words") == markdown.count("words")
    assert Page(render(markdown)).tags.count("blockquote") <= 20


def test_threads_share_the_parser():
    texts = [
        f"# {n}\n\nSee https://a.org/{n} and *this* [one](https://b.org/{n})" for n in range(40)
    ]
    expected = [render(text) for text in texts]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(render, texts * 5)) == expected * 5


# Headings


@pytest.mark.parametrize(
    ("markdown", "top", "expected"),
    [
        ("# A\n## B\n### C", 2, ["h2", "h3", "h4"]),
        ("### A\n# B", 2, ["h4", "h2"]),
        ("#### A\n##### B", 2, ["h2", "h3"]),
        ("A\n=\n\nB\n-", 3, ["h3", "h4"]),
        ("# A\n###### B", 4, ["h4", "h6"]),
        ("> # quoted\n\n## B", 2, ["h2", "h3"]),
        ("# A", 1, ["h1"]),
    ],
)
def test_no_heading_outranks_the_page(markdown, top, expected):
    assert Page(render(markdown, top=top)).headings() == expected


# Links


@pytest.mark.parametrize(
    ("markdown", "link"),
    [
        ("[x](https://a.org/?q=1&r=2)", "https://a.org/?q=1&r=2"),
        ("[x][1]\n\n[1]: http://a.org", "http://a.org"),
        ("<https://a.org>", "https://a.org"),
        ("[call](tel:+34600000000)", "tel:+34600000000"),
        ("<a@b.org>", "mailto:a@b.org"),
        ("see https://a.org/x_(y).", "https://a.org/x_(y)"),
        ("(see https://a.org/x)!", "https://a.org/x"),
        ("**https://a.org/a_b_c**", "https://a.org/a_b_c"),
        ("www.a.org, please", "https://www.a.org"),
        ("HTTPS://A.ORG", "HTTPS://A.ORG"),
        ("write to a.b+c@city.gov.uk.", "mailto:a.b+c@city.gov.uk"),
        ("请看https://例.org/你。好", "https://xn--fsq.org/%E4%BD%A0"),
        ("https://a.org/?a=1&b=2", "https://a.org/?a=1&b=2"),
    ],
)
def test_links(markdown, link):
    page = Page(render(markdown))
    assert page.links == [link]
    assert page.rels == {"nofollow ugc noopener"}


@pytest.mark.parametrize(
    "markdown",
    ["[label](javascript:alert(1))", "[label](JaVaScRiPt:x)", "[label](&#106;avascript:x)",
     "[label](data:text/html,x)", "[label](/admin/)", "[label](//a.org)", "[label](label)",
     "[label](ftp://a.org)", "[label][1]\n\n[1]: vbscript:x", "![label](data:image/svg+xml,x)",
     "[label](#top)", "[label](https:)", "[label]()"],
)  # fmt: skip
def test_other_links_become_their_label(markdown):
    assert render(markdown) == "<p>label</p>\n"


@pytest.mark.parametrize(
    "text",
    ["the council.It is", "see a.org", "a@b", "http://", "www.", "`https://a.org`", "x@@y.org"],
)
def test_no_link_where_none_was_meant(text):
    assert Page(render(text)).links == []
    assert plain(text) == text.strip("`")


def test_pictures_are_links_that_load_nothing():
    html = render("![A tree](https://a.org/t.png) ![](https://a.org/u.png)")
    assert Page(html).tags == ["p", "a", "a"]
    assert ">A tree</a>" in html
    assert ">https://a.org/u.png</a>" in html
    badge = Page(render("[![A tree](https://a.org/t.png)](https://b.org)"))
    assert badge.links == ["https://b.org"]


# Words


def test_html_is_shown_as_typed():
    html = render('<script>alert("1")</script> <img src=x onerror=alert(1)>\n\n<div>\nhi\n</div>')
    assert Page(html).tags == ["p", "p", "br", "br"]
    assert "&lt;script&gt;" in html


def test_lines_and_indents_stay_as_people_type_them():
    assert render("one\ntwo") == "<p>one<br>\ntwo</p>\n"
    assert render("    indented") == "<p>indented</p>\n"
    assert render('"quotes" -- (c)') == '<p>"quotes" -- (c)</p>\n'


def test_tables_and_strikethrough():
    page = Page(render("| a | b |\n|--:|---|\n| ~~c~~ | d |"))
    assert page.tags == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "s", "td"]


def test_plain_has_one_line_per_block():
    markdown = (
        "# Clean *air*\n\nWe **ask**\nthe [city](https://a.org) &amp; `all`: ![tree](https://a.org/t)\n\n"
        "- one\n- two\n\n| a | b |\n|---|---|\n| c | d |\n\n> <b>said</b>\n\n```\nx\ny\n```\n---\n"
        "[](https://a.org)"
    )
    assert plain(markdown).split("\n") == [
        "Clean air", "We ask the city & all: tree", "one", "two", "a b", "c d", "<b>said</b>", "x y",
    ]  # fmt: skip
    assert plain(" \n\n") == ""


# What is no Markdown


def test_beside_links_nothing_is_changed():
    text = "  *a*, www.a.org (https://a.org/x_(y)):\n\n    <b> &amp; a@b.org.\n"
    html = linked(text)
    assert_harmless(html)
    assert unescape(re.sub("<[^>]+>", "", html)) == text
    assert Page(html).links == ["https://www.a.org", "https://a.org/x_(y)", "mailto:a@b.org"]
