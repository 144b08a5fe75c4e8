"""What changed between two texts."""

import random

import pytest

from petitions import differences
from petitions.differences import Piece, compare


def words(before: str, after: str) -> list[str]:
    """Each paragraph with what is gone in [-…-] and what is new in {+…+}."""
    marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return [
        "".join(marks[piece.kind].format(piece.text) for piece in paragraph)
        for paragraph in compare(before, after)
    ]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("", "", []),
        ("", "Mend it.", ["{+Mend it.+}"]),
        ("Mend it.", "", ["[-Mend it.-]"]),
        ("Mend it.\r\n\r\nSoon.", "Mend it.\n\n\nSoon.", ["Mend it.", "Soon."]),
        (
            "Mend the bridge by May.",
            "Mend the old bridge by June.",
            ["Mend the {+old +}bridge by [-May-]{+June+}."],
        ),
        ("One.\n\nTwo.", "One.\n\nTwo.\n\nThree.", ["One.", "Two.", "{+Three.+}"]),
        (
            "Keep the bus.\n\nThanks.",
            "A pool for everybody!\n\nThanks.",
            ["[-Keep the bus.-]", "{+A pool for everybody!+}", "Thanks."],
        ),
        ("修理橋樑吧。", "修理舊橋樑吧。", ["修理{+舊+}橋樑吧。"]),
        ("مدرسة القرية", "مدرسة القرية الجديدة", ["مدرسة القرية{+ الجديدة+}"]),
    ],
)
def test_in_words(before, after, found):
    assert words(before, after) == found


def test_both_texts_can_be_read_out_of_it():
    chance = random.Random(7)
    for _ in range(300):
        before, after = (
            "\n\n".join(
                " ".join(chance.choices(["a", "bb", "c.", "d-e", "é"], k=chance.randint(1, 9)))
                for _ in range(chance.randint(1, 6))
            )
            for _ in range(2)
        )
        for text, left_out in ((before, "new"), (after, "gone")):
            kept = [
                "".join(piece.text for piece in paragraph if piece.kind != left_out)
                for paragraph in compare(before, after)
            ]
            assert [part for part in kept if part] == text.split("\n\n")


@pytest.mark.parametrize("limit", ["MOST_PARAGRAPHS", "MOST_WORDS"])
def test_beyond_the_limits_a_text_is_replaced_whole(monkeypatch, limit):
    monkeypatch.setattr(differences, limit, 2)
    glue = "\n\n" if limit == "MOST_PARAGRAPHS" else " "
    before, after = glue.join("abxcde"), glue.join("afxghie")
    compare.cache_clear()
    kinds = [piece.kind for paragraph in compare(before, after) for piece in paragraph]
    compare.cache_clear()
    assert kinds.count("same") <= 2  # what is the same at both ends


def test_a_rewritten_paragraph_is_not_torn_into_letters():
    assert compare("Mend the bridge.", "Open a new school.") == (
        (Piece("gone", "Mend the bridge."),),
        (Piece("new", "Open a new school."),),
    )
