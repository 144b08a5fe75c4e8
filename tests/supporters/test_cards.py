"""Share images, read back from their pixels; their addresses and who may keep them."""

from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone, translation
from PIL import Image, ImageChops

from petitions.models import Petition
from supporters import cards
from supporters.cards import Card, card_url
from supporters.count import Tally
from supporters.lettering import Style, fonts
from supporters.lettering.lines import can_shape
from tests.factories import PetitionFactory, SignatureFactory, UserFactory

pytestmark = pytest.mark.django_db

INK, PRINT, WIN = (0x24, 0x40, 0xC4), (0x15, 0x17, 0x1C), (0x0A, 0x66, 0x40)
TITLE = (0, 120, 1200, 384)  # left, top, right, bottom
NUMBER = (0, 436, 1200, 540)
LINE = (0, 548, 1200, 572)
TOP = (0, 40, 1200, 104)


def card_of(count: int = 0, **changes) -> Card:
    petition = PetitionFactory.build(is_open=True, slug="mend", **changes)
    return Card.of(petition, tally(petition, count))


def tally(petition, count: int) -> Tally:
    petition.live_count, petition.counted_at = count, timezone.now()
    return Tally.of(petition)


def pixels(card: Card) -> Image.Image:
    return Image.open(BytesIO(card.png()[0])).convert("RGB")


def where(image: Image.Image, color, area):
    """The box around all pixels of about that colour in an area, or None."""
    part = image.crop(area)
    apart = ImageChops.difference(part, Image.new("RGB", part.size, color)).split()
    furthest = ImageChops.lighter(ImageChops.lighter(apart[0], apart[1]), apart[2])
    near = furthest.point(lambda value: 255 * (value < 24))
    box = near.getbbox()
    return box and (box[0] + area[0], box[1] + area[1], box[2] + area[0], box[3] + area[1])


# What is drawn


def test_an_open_petition_has_black_words_and_a_blue_number_on_a_line():
    image = pixels(card_of(1234, title="Mend the bridge", goal=2000))
    assert image.size == (1200, 630)
    left, _top, right, _bottom = where(image, PRINT, TITLE)
    assert 60 <= left <= 75
    assert right > 500
    assert where(image, INK, TITLE) is None
    assert where(image, INK, NUMBER)[2] < 600
    assert where(image, INK, LINE)[2] == pytest.approx(64 + 1072 * 0.6, abs=2)
    assert where(image, PRINT, LINE)[::2] == (64, 1136)


def test_a_closed_one_is_all_black_and_says_so():
    card = card_of(1234, title="Mend the bridge", status="closed", outcome="none")
    assert (card.above, card.number, card.state) == (
        "This petition had",
        "1,234",
        "Petition closed",
    )
    image = pixels(card)
    assert where(image, INK, NUMBER) is None
    assert where(image, PRINT, NUMBER)
    assert where(image, PRINT, TOP)[2] > 1100


def test_a_victory_is_green_words():
    image = pixels(card_of(12, status="closed", outcome="victory"))
    assert where(image, WIN, TOP)[0] > 900


def test_nobody_yet():
    card = card_of(0, goal=500)
    assert (card.above, card.number, card.below) == ("", "Be the first to sign", "")
    assert where(pixels(card), INK, LINE) is None


@pytest.mark.parametrize("title", ["x", "Mend the bridge " * 18 + "again", "W" * 300])
def test_a_title_of_any_length_stays_in_its_place(title):
    image = pixels(card_of(999_999, title=title[:300], goal=1_000_000))
    left, top, right, bottom = where(image, PRINT, TITLE)
    assert left >= 60
    assert right <= 1140
    assert top >= 124
    assert bottom <= 384
    assert where(image, PRINT, (0, 384, 1200, 396)) is None  # air above the number


def test_right_to_left_begins_at_the_right():
    image = pixels(card_of(9, title="أنقذوا المكتبة", language="ar"))
    left, _top, right, _bottom = where(image, PRINT, TITLE)
    assert right > 1110
    assert left > 400
    assert where(image, INK, NUMBER)[0] < 80  # the site's words stay where they are


def test_where_the_site_reads_from_the_right_the_card_does(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name = default_storage.save("bridge.jpg", picture("#c81e1e"))
    given = {"title": "Mend the bridge", "goal": 2000}
    plain, pictured = pixels(card_of(500, **given)), pixels(card_of(500, picture=name, **given))
    with translation.override("ar"):
        cards = [card_of(500, **given), card_of(500, picture=name, **given)]
    turned, turned_pictured = map(pixels, cards)  # whatever is spoken by then
    for color, area in ((INK, LINE), (PRINT, LINE)):
        left, top, right, bottom = where(plain, color, area)
        assert where(turned, color, area) == (1200 - right, top, 1200 - left, bottom)
    for color, area in ((INK, TOP), (INK, NUMBER), (PRINT, TITLE)):
        assert where(plain, color, area)[0] < 80
    for color, area in ((INK, TOP), (INK, NUMBER)):
        assert where(turned, color, area)[2] > 1120
    assert where(turned, PRINT, TITLE)[0] < 80  # its own words begin where they did
    red, anywhere = (0xC8, 0x1E, 0x1E), (0, 0, 1200, 630)
    assert where(pictured, red, anywhere) == (800, 0, 1200, 630)
    assert where(turned_pictured, red, anywhere) == (0, 0, 400, 630)
    assert where(turned_pictured, PRINT, (400, 120, 1200, 384))[0] > 440


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("el", "Καθαρός αέρας"),
        ("uk", "Чисте повітря"),
        ("he", "הצילו את הספרייה"),
        ("hi", "स्वच्छ हवा"),
        ("th", "อากาศสะอาด"),
        ("zh", "保留公交车"),
        ("ja", "バスを残す"),
        ("ko", "버스를 지켜요"),
        ("am", "ንጹህ አየር"),
    ],
)
def test_every_script_is_drawn_or_left_out_whole(language, title):
    style = Style(serif=True, weight=700)
    letters = set(title) - {" "}
    has_fonts = all(fonts.font_file(letter, style) for letter in letters)
    has_fonts &= can_shape() or language not in {"hi", "th"}
    image = pixels(card_of(9, title=title, language=language))
    if not has_fonts:
        # The number takes the room instead.
        assert where(image, INK, (0, 320, 1200, 548))[1] < 400
        return
    assert where(image, PRINT, TITLE)
    without_last = pixels(card_of(9, title=title[:-1], language=language))
    assert ImageChops.difference(image.crop(TITLE), without_last.crop(TITLE)).getbbox()


def test_a_title_of_emoji_alone_leaves_room_for_the_number():
    image = pixels(card_of(9, title="🌍👍"))
    assert where(image, PRINT, (0, 120, 1200, 320)) is None
    assert where(image, INK, (0, 320, 1200, 548))[1] < 400


def picture(color: str) -> ContentFile:
    file = BytesIO()
    Image.new("RGB", (900, 700), color).save(file, "JPEG")
    return ContentFile(file.getvalue(), name="bridge.jpg")


def test_a_picture_stands_at_the_end(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name = default_storage.save("bridge.jpg", picture("#c81e1e"))
    image = pixels(card_of(3, title="Mend the bridge", picture=name))
    left, top, right, bottom = where(image, (0xC8, 0x1E, 0x1E), (0, 0, 1200, 630))
    assert (left, top, right, bottom) == (800, 0, 1200, 630)
    assert where(image, PRINT, (0, 120, 800, 384))[2] < 780


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40])
def test_a_picture_that_cannot_be_read_is_left_out(settings, tmp_path, content):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "broken.jpg").write_bytes(content)
    for name in ("broken.jpg", "gone.jpg", "../../etc/passwd"):
        image = pixels(card_of(3, title="Mend the bridge", picture=name))
        assert where(image, PRINT, LINE)[2] == 1136


def test_cards_are_small():
    card = card_of(1234, title="Mend the bridge " * 18, goal=2000)
    png, is_whole = card.png()
    assert len(png) < 60_000
    assert is_whole


# The number


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "This petition has 1 supporter"),
        (99, "This petition has 99 supporters"),
        (130, "This petition has 130 supporters"),
        (131, "More than 130 supporters"),
        (1234, "More than 1,200 supporters"),
        (1_299_999, "More than 1,200,000 supporters"),
    ],
)
def test_a_growing_number_is_said_to_two_digits(count, said):
    assert said in card_of(count, title="Mend").alternative


def test_the_address_holds_while_people_sign():
    now, soon, later = (card_of(count, title="Mend").digest for count in (1201, 1299, 1300))
    assert now == soon != later
    short, reached = (card_of(count, title="Mend", goal=1250).digest for count in (1201, 1260))
    assert short != reached


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Mend it"},
        {"language": "de"},
        {"picture": "x.jpg"},
        {"goal": 5},
        {"status": "closed"},
        {"status": "closed", "outcome": "victory"},
    ],
)
def test_whatever_is_drawn_changes_the_address(change):
    same = {"title": "Mend the bridge"}
    assert card_of(3, **{**same, **change}).digest != card_of(3, **same).digest


def test_each_language_of_the_site_has_its_own(client):
    petition = PetitionFactory(is_open=True, slug="mend")
    with translation.override("es"):
        spanish = card_url(petition, Card.of(petition, tally(petition, 0)))
    assert "/es/petitions/mend/card-" in spanish
    assert client.get(path_of(spanish)).status_code == 200


# The addresses


def path_of(url: str) -> str:
    return url.removeprefix("http://localhost:8000")


def present(client, slug: str = "mend") -> str:
    """Where the page's og:image leads."""
    html = client.get(f"/petitions/{slug}/").content.decode()
    return path_of(html.split('property="og:image" content="')[1].split('"')[0])


def present_digest(address: str) -> str:
    return address.rpartition("-")[2].removesuffix(".png")


def test_the_present_card_is_kept_for_ever(client, count_queries):
    petition = PetitionFactory(is_open=True, slug="mend")
    SignatureFactory.create_batch(3, petition=petition, is_confirmed=True)
    address = present(client)
    with count_queries() as queries:
        response = client.get(address)
    assert len(queries) == 1, queries
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert Image.open(BytesIO(response.content)).size == (1200, 630)
    again = client.get(address, HTTP_IF_NONE_MATCH=response["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_it_is_drawn_once(client):
    PetitionFactory(is_open=True, slug="mend")
    address = present(client)
    digest = present_digest(address)
    assert cache.get(f"card:{digest}") is None  # the page draws nothing
    drawn = client.get(address).content
    cache.set(f"card:{digest}", (b"kept", True))
    assert client.get(address).content == b"kept" != drawn


def test_whoever_comes_while_others_are_drawn_may_try_again(client, monkeypatch):
    monkeypatch.setattr(cards, "_PATIENCE", 0.05)
    PetitionFactory(is_open=True, slug="mend")
    address = present(client)
    with cards._drawing:
        response = client.get(address)
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert response["Cache-Control"] == "no-store"
    assert client.get(address).status_code == 200


def test_a_card_without_its_picture_is_not_kept_for_ever(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    petition = PetitionFactory(is_open=True, slug="mend")
    Petition.objects.filter(pk=petition.pk).update(picture="away.jpg")
    response = client.get(present(client))
    assert (response.status_code, response["Cache-Control"]) == (200, "public, max-age=60")


@pytest.mark.parametrize("digest", ["0123456789abcdef", "x", "é", "%00", "a" * 300, "..%5c"])
def test_any_other_hash_leads_to_the_present_one_and_draws_nothing(client, digest):
    PetitionFactory(is_open=True, slug="mend")
    address = present(client)
    response = client.get(f"/petitions/mend/card-{digest}.png")
    assert (response.status_code, response["Location"]) == (302, address)
    assert response["Cache-Control"] == "public, max-age=60"
    assert cache.get(f"card:{present_digest(address)}") is None
    assert client.get(f"/card-{digest}.png").status_code == 302


def test_an_old_card_leads_on_after_somebody_signed(client):
    petition = PetitionFactory(is_open=True, slug="mend")
    old = present(client)
    SignatureFactory(petition=petition, is_confirmed=True)
    assert client.get(old)["Location"] == present(client) != old


def test_an_old_slug_leads_on(client):
    petition = PetitionFactory(is_open=True, slug="mend")
    petition.slug = "mend-it"
    petition.save()
    response = client.get("/petitions/mend/card-x.png", follow=True)
    assert response.status_code == 200
    assert response.redirect_chain[0][0] == "/petitions/mend-it/card-x.png"


def test_what_is_not_public_has_no_card(client):
    PetitionFactory(slug="draft")
    PetitionFactory(in_review=True, slug="review")
    rejected = PetitionFactory(in_review=True, slug="rejected")
    rejected.reject(by=UserFactory(), reason="unclear")
    hidden = PetitionFactory(is_open=True, slug="hidden")
    hidden.hide(by=UserFactory())
    codes = {
        slug: client.get(f"/petitions/{slug}/card-x.png").status_code
        for slug in ("draft", "review", "rejected", "hidden", "none")
    }
    assert codes == {"draft": 404, "review": 404, "rejected": 404, "hidden": 410, "none": 404}
    assert client.post("/petitions/draft/card-x.png").status_code == 405


def test_the_site_has_a_card_of_its_own(client):
    html = client.get("/").content.decode()
    address = path_of(html.split('property="og:image" content="')[1].split('"')[0])
    response = client.get(address)
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    image = Image.open(BytesIO(response.content)).convert("RGB")
    assert where(image, PRINT, TITLE)
    assert "/es/card-" in client.get("/es/").content.decode()
