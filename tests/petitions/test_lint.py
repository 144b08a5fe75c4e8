"""What a text about to be published is warned of."""

from itertools import pairwise

import pytest

from petitions.lint import MOST, Kind, lint, passage


def found(text: str) -> list[tuple[Kind, str]]:
    return [(each.kind, text[each.start : each.end]) for each in lint(text)]


@pytest.mark.parametrize(
    ("text", "kind", "marked"),
    [
        ("His number is A123-456-789 there.", Kind.IDENTIFIER, "A123-456-789"),
        ("Her A-number: A12345678.", Kind.IDENTIFIER, "A12345678"),
        ("SSN 123-45-6789, please", Kind.IDENTIFIER, "123-45-6789"),
        ("NI number QQ 12 34 56 C", Kind.IDENTIFIER, "QQ 12 34 56 C"),
        ("con DNI 12345678Z vive", Kind.IDENTIFIER, "12345678Z"),
        ("el NIE X1234567L", Kind.IDENTIFIER, "X1234567L"),
        (
            "pay to ES91 2100 0418 4502 0005 1332 now",
            Kind.IDENTIFIER,
            "ES91 2100 0418 4502 0005 1332",
        ),
        ("Call (555) 010-2345 today", Kind.PHONE, "(555) 010-2345"),
        ("Llama al +34 600 123 456", Kind.PHONE, "+34 600 123 456"),
        ("at 14 Weir Lane since May", Kind.ADDRESS, "14 Weir Lane"),
        ("vive en Calle Mayor, 12 desde", Kind.ADDRESS, "Calle Mayor, 12"),
        ("in MV3 7QT, where", Kind.ADDRESS, "MV3 7QT"),
        ("write to sam@example.org now", Kind.ADDRESS, "sam@example.org"),
        ("a girl aged 7 walks", Kind.CHILD, "aged 7"),
        ("the 9-year-old waits", Kind.CHILD, "9-year-old"),
        ("una niña de 6 años espera", Kind.CHILD, "de 6 años"),
        ("children: Lina (4), and others", Kind.CHILD, "Lina (4)"),
        ("his daughter Maya goes", Kind.CHILD, "daughter Maya"),
        ("su hijo Tomás va", Kind.CHILD, "hijo Tomás"),
    ],
)
def test_what_could_harm_people_is_marked(text, kind, marked):
    assert [(each, marked in passage) for each, passage in found(text)] == [(kind, True)]


@pytest.mark.parametrize(
    "text",
    [
        "Ninety children walk round it since 2024.",
        "It costs 1,200,000 a year, or 1200000 in all.",
        "From 12.05.2026 to 2026-06-30 the road is shut.",
        "We ask the council to mend the bridge before winter.",
        "Pedimos al ayuntamiento que repare el puente.",
        "Line 4 runs every 15 minutes; 85% of us use it.",
    ],
)
def test_ordinary_sentences_are_left_alone(text):
    assert found(text) == []


def test_findings_do_not_overlap_and_end_somewhere():
    many = lint("call 555 010 2345 or aged 7. " * 200)
    assert len(many) == MOST
    assert all(one.end <= other.start for one, other in pairwise(many))


def test_a_passage_is_marked_and_escaped():
    text = "<b>The</b> number " + "is known " * 20 + "A123456789 <script>"
    shown = passage(text, lint(text)[0])
    assert "<mark>A123456789</mark> &lt;script&gt;" in shown
    assert shown.startswith("…")


@pytest.mark.parametrize(
    "piece", ["1 a ", "A ", "1-", "calle a ", "a.", "daughter ", "Aa (", "(1) "]
)
def test_a_text_made_for_it_ends_too(piece):
    end = "\n\nCall 555 010 2345."
    text = (piece * 40_000)[: 40_000 - len(end)] + end
    last = (findings := lint(text))[-1]
    assert len(findings) == MOST or text[last.start : last.end] == "555 010 2345"
