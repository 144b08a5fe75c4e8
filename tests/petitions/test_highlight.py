"""What a search found, marked in the text as it was written."""

import unicodedata
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.highlight import MOST_PARTS, PART, found_in, mark, snippet, spans
from petitions.search import query_words, words


def marked(text: str, query: str) -> str:
    return str(mark(text, query_words(query)))


class TestSpans:
    @given(st.text(max_size=600))
    def test_words_are_those_of_the_search(self, text: str) -> None:
        assert [word for word, _start, _end in spans(text)] == list(words(text))

    @given(
        st.text(
            st.sampled_from("aéİßﬁ½あ한각ا\u0301\u0308\u0338\u093f\u3099=<&- 'ǅẞ"), max_size=300
        )
    )
    def test_also_where_folding_changes_lengths(self, text: str) -> None:
        assert [word for word, _start, _end in spans(text)] == list(words(text))
        ends = [0]
        for _word, start, end in spans(text):
            assert 0 <= start < end <= len(text)
            assert end >= ends[-1]
            ends.append(end)

    def test_a_long_run_is_cut_as_the_search_cuts_it(self) -> None:
        for text in ("x" * 700, "é" * 700, "a\u0301" * 300, "x-" * 400):
            assert [word for word, _start, _end in spans(text)] == list(words(text))


class TestMark:
    @pytest.mark.parametrize(
        ("text", "query", "expected"),
        [
            ("Mend the bridge", "bridge", "Mend the <mark>bridge</mark>"),
            ("Two bridges, one Bridge.", "bridg", "Two <mark>bridges</mark>, one <mark>Bridge</mark>."),
            ("A drawbridge", "bridge", "A drawbridge"),
            ("Café", "cafe", "<mark>Café</mark>"),
            ("Cafe\u0301!", "café", "<mark>Cafe\u0301</mark>!"),
            ("Straße sperren", "STRASSE", "<mark>Straße</mark> sperren"),
            ("ﬁne weather", "fi", "<mark>ﬁne</mark> weather"),
            ("½ price", "1 2", "<mark>½</mark> price"),
            ("स्वच्छ हवा के लिए", "हवा", "स्वच्छ <mark>हवा</mark> के लिए"),
            ("أوقفوا قطع الأشجار", "قطع", "أوقفوا <mark>قطع</mark> الأشجار"),
            ("За чисте повітря", "ПОВ", "За чисте <mark>повітря</mark>"),
            ("동네 도서관을 지켜", "도서관", "동네 <mark>도서관을</mark> 지켜"),
            ("AT&T & amp; <b>amp</b>", "amp", "AT&amp;T &amp; <mark>amp</mark>; &lt;b&gt;<mark>amp</mark>&lt;/b&gt;"),
            ("Tom &amp; Ann", "amp", "Tom &amp;<mark>amp</mark>; Ann"),
            ("Cats & dogs", "am", "Cats &amp; dogs"),
            ("a.*b (c)", ".* (", "a.*b (c)"),
            ("", "x", ""),
            ("x", "", "x"),
        ],
    )  # fmt: skip
    def test_words_that_begin_so(self, text: str, query: str, expected: str) -> None:
        assert marked(text, query) == expected

    @given(st.text(max_size=200), st.text(max_size=20))
    def test_nothing_of_the_text_is_lost_and_nothing_lives(self, text: str, query: str) -> None:
        html = marked(text, query)
        without = html.replace("<mark>", "").replace("</mark>", "")
        assert "<" not in without
        assert unescape(without) == unescape(
            text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        )

    @given(st.text(max_size=200), st.text(min_size=1, max_size=20))
    def test_it_is_marked_where_it_was_found(self, text: str, query: str) -> None:
        wanted = query_words(query)
        assert ("<mark>" in mark(text, wanted)) == bool(found_in(text, wanted))


class TestSnippet:
    def cut(self, text: str, query: str) -> str | None:
        return snippet(text, query_words(query))

    def test_some_words_around_and_dots_where_something_is_left_out(self) -> None:
        text = "word " * 60 + "heron " + "more " * 60
        cut = self.cut(text, "heron")
        assert cut is not None
        assert cut.startswith("…word word ")
        assert cut.endswith(" more…")
        assert "<mark>heron</mark>" in cut
        assert len(cut) < 300

    def test_a_short_line_is_whole(self) -> None:
        assert self.cut("First line.\nA heron.\nLast.", "heron") == "A <mark>heron</mark>."

    def test_the_place_with_most_of_the_words_wins(self) -> None:
        text = "A heron.\nAn egret.\nAn egret and a heron."
        cut = self.cut(text, "heron egret")
        assert cut == "An <mark>egret</mark> and a <mark>heron</mark>."

    def test_nothing_where_nothing_is(self) -> None:
        assert self.cut("A drawbridge.", "bridge") is None
        assert self.cut("", "bridge") is None

    def test_a_text_without_a_space_is_cut_somewhere(self) -> None:
        cut = self.cut("图" * 5_000, "图")
        assert cut is not None
        assert 0 < len(cut) < 400

    @given(st.text(max_size=2_000))
    def test_no_text_is_an_error(self, text: str) -> None:
        for wanted in ("a", unicodedata.normalize("NFD", "é"), "图"):
            cut = snippet(text, query_words(wanted))
            assert cut is None or "<mark>" in cut


def test_a_text_made_to_be_slow_is_not_read_to_its_end():
    part = "xfoo é " * (PART // 7)
    assert snippet("\n".join([part] * (MOST_PARTS - 1) + ["foo at last"]), ["foo"])
    assert snippet("\n".join([part] * MOST_PARTS + ["foo at last"]), ["foo"]) is None
