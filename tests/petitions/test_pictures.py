"""What becomes of an uploaded picture: read, refused or painted afresh; stored, shown, removed."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageCms

from petitions import pictures
from tests.photographs import LEFT, PLACE, RIGHT, encoded, geotagged, halves, png_claiming, upload


def made(content: bytes) -> pictures.Picture:
    return pictures.make(upload(content))


def opened(picture: pictures.Picture, ending: str = ".jpg") -> Image.Image:
    (name,) = (name for name in picture.files if name.endswith(ending))
    return Image.open(BytesIO(picture.files[name])).convert("RGB")


def is_near(colour, wanted, by: int = 14) -> bool:
    return all(abs(one - other) <= by for one, other in zip(colour, wanted, strict=True))


# What is made


def test_a_photograph_becomes_a_jpeg_and_two_kinds_of_renditions():
    picture = made(encoded(halves(3000, 2000), quality=90))
    assert (picture.width, picture.height) == (1200, 800)
    stem = picture.stem
    assert set(picture.files) == {
        f"pictures/{stem}.jpg",
        *(f"pictures/{stem}-{width}.{kind}" for width in (480, 800, 1200) for kind in ("avif", "webp")),
    }  # fmt: skip
    for name, content in picture.files.items():
        image = Image.open(BytesIO(content))
        said = name.removeprefix(f"pictures/{stem}").lstrip("-")  # 480.avif, or .jpg
        width, kind = said.split(".")
        assert image.format == {"jpg": "JPEG"}.get(kind, kind.upper())
        assert image.size == (int(width or 1200), round(int(width or 1200) * 2 / 3))
        assert all(
            pictures.NAME.fullmatch(each.removeprefix("pictures/")) for each in picture.files
        )
    assert sum(map(len, picture.files.values())) < 60_000  # two flat halves


@pytest.mark.parametrize(
    ("size", "widths", "stored"),
    [
        ((600, 400), [480, 600], (600, 400)),
        ((700, 500), [480, 700], (700, 500)),
        ((1000, 500), [480, 800, 1000], (1000, 500)),
        ((900, 1600), [480, 675], (675, 1200)),
        ((3000, 1000), [480, 800, 1200], (1200, 400)),
    ],
)
def test_nothing_is_made_larger_than_it_came(size, widths, stored):
    picture = made(encoded(halves(*size)))
    assert picture.widths == widths
    assert (picture.width, picture.height) == stored
    assert picture.renditions == {
        "width": stored[0], "height": stored[1], "widths": widths, "formats": ["avif", "webp"],
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_no_place_camera_or_comment_survives(kind):
    sent = geotagged(kind)
    assert PLACE in sent
    for content in made(sent).files.values():
        for mark in (PLACE, b"Exif", b"xmp", b"GPS"):
            assert mark not in content
        image = Image.open(BytesIO(content))
        assert not dict(image.getexif())
        assert not {"exif", "xmp", "comment", "icc_profile"} & set(image.info)


@pytest.mark.parametrize(
    ("turn", "size", "corner"),
    [
        (1, (700, 600), LEFT),
        (2, (700, 600), RIGHT),
        (3, (700, 600), RIGHT),
        (4, (700, 600), LEFT),
        (5, (600, 700), LEFT),
        (6, (600, 700), LEFT),
        (7, (600, 700), RIGHT),
        (8, (600, 700), RIGHT),
        (9, (700, 600), LEFT),  # no such turn
    ],
)
def test_the_picture_stands_upright(turn, size, corner):
    picture = made(geotagged(turn=turn, width=700, height=600))
    assert (picture.width, picture.height) == size
    image = opened(picture)
    assert is_near(image.getpixel((20, 20)), corner)
    assert not is_near(image.getpixel((size[0] - 20, size[1] - 20)), corner)


def test_broken_metadata_makes_no_broken_picture():
    sent = geotagged().replace(b"MM\x00*", b"MM\x00\xff").replace(b"II*\x00", b"II\xff\xff")
    assert made(sent).width == 600


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_colours_of_every_kind_come_out_as_red_and_blue(mode):
    image = opened(made(encoded(halves(mode=mode), quality=95)))
    left, right = image.getpixel((40, 40)), image.getpixel((550, 40))
    if mode == "L":
        assert len(set(left)) == 1
        assert left != right
    else:
        assert is_near(left, LEFT, by=25)
        assert is_near(right, RIGHT, by=25)


def test_a_colour_profile_is_applied_and_dropped():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # One in which red is blue: the names of the two primaries change places.
    swapped = srgb.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    for profile, left in ((srgb, LEFT), (swapped, LEFT[::-1]), (b"no profile at all", LEFT)):
        picture = made(encoded(halves(), quality=95, icc_profile=profile))
        assert is_near(opened(picture).getpixel((40, 40)), left, by=25)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_becomes_white(mode):
    image = Image.new("RGBA", (600, 400), (0, 0, 0, 0))
    image.paste((*LEFT, 255), (0, 0, 300, 400))
    if mode == "P":
        image = image.quantize(8)
    painted = opened(made(encoded(image.convert(mode), "PNG")))
    assert is_near(painted.getpixel((550, 40)), (255, 255, 255))
    assert not is_near(painted.getpixel((40, 40)), (255, 255, 255))


def test_sixteen_bits_of_grey_keep_their_shades():
    row = b"\x00\x20" * 300 + b"\x00\xc0" * 300
    image = Image.frombytes("I;16", (600, 400), row * 400)
    painted = opened(made(encoded(image, "PNG")))
    assert is_near(painted.getpixel((40, 40)), (0x20,) * 3)
    assert is_near(painted.getpixel((550, 40)), (0xC0,) * 3)


def test_a_single_bit_is_black_and_white():
    image = Image.new("1", (600, 400), 1)
    image.paste(0, (0, 0, 300, 400))
    painted = opened(made(encoded(image, "PNG")))
    assert is_near(painted.getpixel((40, 40)), (0, 0, 0))
    assert is_near(painted.getpixel((550, 40)), (255, 255, 255))


def test_a_telephones_two_pictures_in_one_show_the_first():
    sent = encoded(halves(), "MPO", save_all=True, append_images=[Image.new("RGB", (600, 400))])
    assert is_near(opened(made(sent)).getpixel((40, 40)), LEFT)


def test_a_page_behind_the_picture_is_left_behind():
    script = b"<html><script>alert(1)</script></html>"
    sent = encoded(halves()) + script
    for content in made(sent).files.values():
        assert b"script" not in content


def test_the_name_and_the_type_that_a_file_claims_do_not_matter():
    picture = pictures.make(upload(encoded(halves(), "PNG"), name="../../etc/passwd.html"))
    assert all(pictures.NAME.fullmatch(name.removeprefix("pictures/")) for name in picture.files)
    assert pictures.make(upload()).stem != pictures.make(upload()).stem


# What is refused


def animated() -> bytes:
    frames = [halves(), Image.new("RGB", (600, 400), "white")]
    return encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "unknown", "no picture of a kind"),
        (b"%PDF-1.7 nothing", "unknown", "Choose a JPEG, PNG, WebP or AVIF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "unknown", "no picture"),
        (encoded(halves(), "GIF"), "unknown", "no picture of a kind"),
        (encoded(halves(), "TIFF"), "unknown", "no picture of a kind"),
        (encoded(halves(), "BMP"), "unknown", "no picture of a kind"),
        (b"\x00\x00\x00\x18ftypheic" + b"\0" * 200, "heic", "Save it as JPEG"),
        (encoded(halves(1, 1)), "too_small", "only 1 pixels wide"),
        (encoded(halves(599, 400)), "too_small", "at least 600"),
        (geotagged(turn=6, width=900, height=500), "too_small", "only 500 pixels"),
        (encoded(halves(1900, 600)), "too_narrow", "three times"),
        (encoded(halves(600, 1801)), "too_narrow", "three times"),
        (encoded(halves())[:-4000], "damaged", "damaged or incomplete"),
        (encoded(halves(), "PNG")[:700], "damaged", "damaged or incomplete"),
        (encoded(halves(), "WEBP")[:200], "damaged", "damaged or incomplete"),
        (animated(), "moves", "still one"),
        (png_claiming(600, 400), "damaged", "damaged or incomplete"),
        (png_claiming(5000, 5001), "too_many_pixels", "25 million pixels"),
        (png_claiming(12_000, 10_000), "too_many_pixels", "25 million pixels"),
        (png_claiming(60_000, 60_000), "too_many_pixels", "25 million pixels"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_in_words(content, code, words):
    with pytest.raises(ValidationError) as refused:
        made(content)
    assert refused.value.code == code
    assert words in refused.value.messages[0]


def test_a_progressive_picture_of_endless_scans_is_not_begun():
    sent = encoded(halves(), progressive=True)
    head, tail = sent[:-2], sent[-2:]
    scan = head[head.rindex(b"\xff\xda") :]
    assert made(sent).width == 600
    with pytest.raises(ValidationError) as refused:
        made(head + scan * 200 + tail)
    assert refused.value.code == "damaged"


def test_a_file_larger_than_the_limit_is_not_even_read(settings):
    settings.PETITIONS_PICTURE_MB = 1
    with pytest.raises(ValidationError, match="more than 1 MB") as refused:
        made(encoded(halves()) + b"\0" * 1024 * 1024)
    assert refused.value.code == "too_large"
