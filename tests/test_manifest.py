"""The icons and the web manifest: there, ours, and what they say they are."""

import io
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from PIL import Image, ImageChops

from config import icons
from supporters.views.icons import short_name
from tests.factories import PetitionFactory


def image(path: str) -> Image.Image:
    return Image.open(io.BytesIO(Path(finders.find(path)).read_bytes()))


def test_the_icon_that_tools_ask_for_is_one(client):
    response = client.get("/favicon.ico")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/x-icon"
    assert response["Cache-Control"] == "public, max-age=86400"
    icon = Image.open(io.BytesIO(response.content))
    assert icon.format == "ICO"
    assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}


def test_the_manifest_names_the_site(client, settings):
    settings.SITE_NAME = "Petitions of Weir Lane"
    response = client.get("/site.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    assert response["Cache-Control"] == "public, max-age=86400"
    manifest = response.json()
    assert manifest["name"] == "Petitions of Weir Lane"
    assert manifest["short_name"] == "Petitions of"
    assert (manifest["start_url"], manifest["lang"], manifest["dir"]) == ("/", "en", "ltr")


def test_each_icon_of_the_manifest_is_as_large_as_it_says(client):
    icons = client.get("/site.webmanifest").json()["icons"]
    assert {icon["purpose"] for icon in icons} == {"any", "maskable"}
    assert {icon["sizes"] for icon in icons} == {"192x192", "512x512"}
    for icon in icons:
        file = image(icon["src"].removeprefix("/static/"))
        assert f"{file.width}x{file.height}" == icon["sizes"]
        assert file.format == "PNG"


@pytest.mark.parametrize(
    ("name", "short"),
    [("Undersigned", "Undersigned"), ("Petitions of Weir Lane", "Petitions of"),
     ("Bürgerbegehrensportal", "Bürgerbegehr"), ("Twelve chars", "Twelve chars"),
     ("Our Petitions", "Our")],
)  # fmt: skip
def test_a_short_name_ends_at_a_word(name, short):
    assert short_name(name) == short


@pytest.mark.parametrize(("name", "size", "part"), icons.TILES)
def test_the_files_are_what_the_program_draws(name, size, part):
    difference = ImageChops.difference(
        image(f"images/{name}").convert("RGB"), icons.tile(size, part)
    )
    assert max(high for _low, high in difference.getextrema()) <= 8


def test_the_mark_of_a_mask_stays_within_it():
    """A mask may cut away all but a circle of four fifths of the side."""
    file = image("images/icon-maskable-512.png").convert("L")
    dark = Image.eval(file, lambda value: 255 if value < 250 else 0)
    left, top, right, bottom = dark.getbbox()
    corners = [(x - 256, y - 256) for x in (left, right) for y in (top, bottom)]
    assert max(x * x + y * y for x, y in corners) ** 0.5 <= 0.4 * 512


def test_the_colours_are_those_of_the_style_sheet():
    style = Path(finders.find("css/site.css")).read_text()
    tokens = dict(re.findall(r"--(paper|print|ink): (#\w+);", style.partition("@media")[0]))
    long = {name: "#" + value[1:] * (2 if len(value) == 4 else 1) for name, value in tokens.items()}
    assert long == {"paper": icons.PAPER, "print": icons.PRINT, "ink": icons.INK}


@pytest.mark.django_db
def test_pages_name_icon_and_colours_and_the_petition_asks_for_nothing_more(client):
    PetitionFactory(is_open=True, slug="mend")
    for address in ("/", "/es/", "/petitions/", "/petitions/mend/"):
        page = client.get(address).content.decode()
        assert page.count('<meta name="theme-color"') == 2
        assert '<link rel="apple-touch-icon" href="/static/images/icon-180.png">' in page
        named = '<link rel="manifest" href="/site.webmanifest">' in page
        assert named == ("mend" not in address)
