"""Text drawn into pictures: the order of words, the fonts of letters, lines that fit."""

import pytest
from PIL import Image, ImageDraw, features

from config.checks import check_fonts, check_shaping
from supporters.lettering import Style, Undrawable, fit, fonts, lines, prepare
from supporters.lettering.bidi import is_rtl, levels

SERIF = Style(serif=True, weight=700)
BLACK = "#000000"


@pytest.fixture(autouse=True)
def _looked_up_afresh():
    yield
    forget()


def forget() -> None:
    for found in (fonts.font_file, fonts._ranked, fonts._files, lines.can_shape):
        found.cache_clear()


@pytest.fixture
def bare_machine(settings) -> None:
    """Without fonts of its own: only those that pip brought."""
    settings.PETITIONS_FONT_DIRS = []
    forget()


@pytest.fixture
def without_shaping(monkeypatch) -> None:
    """Pillow as it is where FriBiDi is not installed."""
    monkeypatch.setattr(features, "check", lambda feature: feature != "raqm")
    forget()


def one_line(text: str, **options):
    return fit(text, SERIF, sizes=(60,), width=5_000, height=200, **options)


def drawn(block, width: int = 1_200) -> Image.Image:
    image = Image.new("L", (width, 400), 255)
    block.draw(ImageDraw.Draw(image), 0, 0, width, BLACK)
    return image.point(lambda value: 255 - value)


# Right to left


@pytest.mark.parametrize(
    ("text", "rtl", "expected"),
    [
        ("abc", False, "000"),
        ("אבג", True, "111"),
        ("a אב c", False, "001100"),  # Hebrew among Latin
        ("א ab ב", True, "112211"),  # and the other way round
        ("א 12.5 ב", True, "11222211"),  # a number with its point
        ("ع 12", True, "1122"),  # digits after Arabic letters
        ("a (אב) c", False, "00011000"),  # brackets are the line's
        ("אב  ", False, "1100"),  # white space at the end is the line's
        ("אְב", True, "111"),  # a mark stays on its letter
        ("", True, ""),
    ],
)
def test_levels(text, rtl, expected):
    assert "".join(map(str, levels(text, rtl=rtl))) == expected


def test_the_first_letter_tells_the_direction():
    assert is_rtl("2026: أنقذوا Bus")
    assert not is_rtl("Bus أنقذوا")
    assert not is_rtl("2026")


# What can be drawn


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("  Mend\tthe\nbridge ", "Mend the bridge"),
        ("\x00Me\u202end\u200b", "Mend"),
        ("Clean air 🌍👩‍👩‍👧‍👦 now", "Clean air now"),
        ("1️⃣ bus", "1 bus"),
        ("👍🏽", ""),
        ("\u200d\u200d", ""),
        ("e\u0301te\u0301", "été"),
        ("\ud800x", "x"),
    ],
)
def test_what_cannot_be_seen_is_left_out(typed, seen):
    assert prepare(typed, SERIF) == seen


def test_marks_do_not_pile_up():
    assert len(prepare("o" + "\u0336" * 50, SERIF)) <= 6


def test_a_letter_that_no_font_has_is_no_box(bare_machine):
    with pytest.raises(Undrawable):
        prepare("Bus 请", SERIF)


@pytest.mark.parametrize(
    "letter", ["é", "ạ", "Ω", "Ж", "ע", "ع", "پ", "क", "ก", "5"],
)  # fmt: skip
def test_pip_alone_brings_fonts_for_many_readers(bare_machine, letter):
    path = fonts.font_file(letter, SERIF)
    assert path is not None
    assert fonts._looks(path, letter) != fonts._looks(path, "\uffff")


def test_without_shaping_what_would_be_misspelt_is_left_out(without_shaping):
    for text in ("स्वच्छ हवा", "เพื่อเด็ก"):
        with pytest.raises(Undrawable):
            prepare(text, SERIF)
    assert prepare("Ωμέγα", SERIF) == "Ωμέγα"


def test_without_shaping_arabic_is_joined_all_the_same(bare_machine, monkeypatch):
    text = "مكتبة الحي"
    joined = one_line(text, rtl=True).width
    monkeypatch.setattr(features, "check", lambda feature: feature != "raqm")
    forget()
    by_hand = one_line(text, rtl=True)
    assert by_hand.width == pytest.approx(joined, rel=0.03)
    apart = sum(one_line(letter, rtl=True).width for letter in text if letter != " ")
    assert by_hand.width < apart * 0.9


def test_the_words_of_two_scripts_change_places_in_a_line():
    """The Latin word comes first in the text, and so stands at the right."""
    mixed = drawn(one_line("MMM אב", rtl=True))
    latin, hebrew = (drawn(one_line(text, rtl=True)).getbbox() for text in ("MMM", "אב"))
    right_part = mixed.crop((1_200 - (latin[2] - latin[0]) - 8, 0, 1_200, 400)).getbbox()
    assert right_part[3] - right_part[1] == latin[3] - latin[1]
    left_part = mixed.crop((0, 0, 1_200 - (latin[2] - latin[0]) - 12, 400)).getbbox()
    assert left_part[3] - left_part[1] == pytest.approx(hebrew[3] - hebrew[1], abs=2)


# What the operator is told


def test_missing_fonts_are_named(bare_machine):
    (message,) = check_fonts()
    assert message.id == "undersigned.I032"
    assert "Chinese" in message.msg
    assert "Latin" not in message.msg
    assert "Arabic" not in message.msg
    assert message.hint


def test_missing_shaping_is_named(without_shaping):
    (message,) = check_shaping()
    assert (message.id, bool(message.hint)) == ("undersigned.I031", True)


# Lines


def test_a_title_takes_the_largest_size_at_which_it_fits():
    short = fit("Bus", SERIF, sizes=(80, 40, 20), width=600, height=200)
    assert (short.size, len(short.lines)) == (80, 1)
    longer = fit("Keep the last bus " * 6, SERIF, sizes=(80, 40, 20), width=600, height=200)
    assert longer.size == 40
    assert longer.height <= 200


def test_a_few_lines_are_about_as_long_as_each_other():
    block = fit("Keep the last bus to Marlow Vale", SERIF, sizes=(60,), width=700, height=300)
    wide, narrow = (one_line(line).width for line in block.lines)
    assert min(wide, narrow) > 0.6 * max(wide, narrow)


@pytest.mark.parametrize(
    "text",
    ["word " * 60, "W" * 300, "请" * 300, "ขอให้เปิดห้องสมุด" * 18, "क्षेत्रीय " * 30, "ﷺ" * 300],
)
def test_what_never_fits_is_cut_with_dots(text):
    try:
        block = fit(text, SERIF, sizes=(60, 40), width=600, height=160)
    except Undrawable:
        assert fonts.font_file(text[0], SERIF) is None  # this machine has no font for it
        return
    assert block.lines[-1].endswith("…")
    assert block.height <= 160
    assert all(one_line(line).width * block.size / 60 <= 606 for line in block.lines)


def test_chinese_breaks_between_letters_but_not_before_a_full_stop():
    pieces = [piece for piece, _spaced in lines._pieces("请保留公交。")]
    assert pieces == ["请", "保", "留", "公", "交。"]


def test_nothing_to_draw_is_no_line():
    assert fit("🌍", SERIF, sizes=(60,), width=600, height=160).lines == []
