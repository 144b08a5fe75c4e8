"""Pictures of petitions: an upload is read once, painted afresh in the sizes of pages, and let go.

Nothing of the uploaded file is kept. Its pixels go onto an empty canvas, in sRGB and upright, and
every stored file is saved from there: no place, camera or name, no thumbnail of what was cut away,
and nothing that only looks like a picture. Names are random and never used twice, so that a file
never changes under its address and belongs to one petition.
"""

import logging
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, UnidentifiedImageError, features

if TYPE_CHECKING:
    from petitions.models import Petition

log = logging.getLogger(__name__)

FOLDER = "pictures/"
LEAST_WIDTH = 600  # pixels; below it a wide screen shows a blur
# What telephones take. A JPEG is read at a fraction of its size, the others in full: a WebP of
# that many would need 800 MB for a moment.
MOST_PIXELS = {"JPEG": 50_000_000, "MPO": 50_000_000}
MOST_PIXELS_ELSE = 25_000_000
MOST_UNEVEN = 3  # neither side more than three times the other
SIDE = 1200  # pixels of the longer side: 640 CSS pixels on a dense screen
WIDTHS = (480, 800)  # besides the full one

# A file's name: <stem>.jpg for whoever knows nothing newer, <stem>-<width>.<format> for others.
NAME = re.compile(r"(?P<stem>[0-9a-f]{20})(?:-[0-9]{3,4}\.(?:avif|webp)|\.jpg)")
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}

# The best first: browsers take the first that they know. Three AVIFs take 0.3 s at this speed.
_SAVED_AS: dict[str, dict[str, Any]] = {
    "avif": {"quality": 55, "speed": 8, "max_threads": 1},
    "webp": {"quality": 76, "method": 4},
}
FORMATS = tuple(name for name in _SAVED_AS if features.check(name))
_READ = ["JPEG", "PNG", "WEBP", "AVIF"]
_MOST_SCANS = 30  # of a progressive JPEG, which has ten; ninety keep a processor for seconds
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")

# One at a time: the largest take some 600 MB for a moment.
_AT_WORK = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Made from an upload, and not stored yet."""

    stem: str
    width: int
    height: int
    widths: list[int]
    files: dict[str, bytes]  # name in the storage → content

    @property
    def name(self) -> str:
        """Of the JPEG, which is what Petition.picture holds."""
        return f"{FOLDER}{self.stem}.jpg"

    @property
    def renditions(self) -> dict[str, Any]:
        """What Petition.picture_renditions holds, so that no page has to open a file."""
        return {
            "width": self.width,
            "height": self.height,
            "widths": self.widths,
            "formats": list(FORMATS),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One <source>: its type and its srcset."""

    type: str
    srcset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page needs to show a stored picture. Sizes in pixels, of the largest rendition."""

    url: str  # of the JPEG
    width: int
    height: int
    alt: str
    sources: list[Source]


# From an upload


def make(file: "File[bytes]") -> Picture:
    """Every file that will be stored, from one that somebody uploaded.

    Takes half a second and writes nothing, so it belongs before a transaction. Raises
    ValidationError, in words for who chose the file.
    """
    if file.size > most_bytes():
        raise ValidationError(
            _("This file has more than %(most)d MB. Choose a picture up to %(most)d MB."),
            code="too_large",
            params={"most": settings.PETITIONS_PICTURE_MB},
        )
    file.seek(0)
    data = file.read()
    with _AT_WORK:
        try:
            canvas = _painted(_opened(data))
        except ValidationError:
            raise
        except Exception as error:  # a hostile file can raise whatever it likes
            log.info("A picture could not be read: %s", type(error).__name__)
            raise ValidationError(
                _("This picture is damaged or incomplete. Save it again, or choose another."),
                code="damaged",
            ) from error
        return compose(canvas)


def compose(canvas: Image.Image) -> Picture:
    """Every file of a picture. `canvas` is RGB, without anything in `info`, SIDE at most."""
    stem = secrets.token_hex(10)
    # None that is nearly as wide as the next.
    widths = [*(width for width in WIDTHS if width <= 0.8 * canvas.width), canvas.width]
    files = {f"{FOLDER}{stem}.jpg": _saved(canvas, "JPEG", quality=80, progressive=True)}
    for width in widths:
        height = max(round(canvas.height * width / canvas.width), 1)
        sized = canvas.resize((width, height), Image.Resampling.LANCZOS)
        for name in FORMATS:
            files[f"{FOLDER}{stem}-{width}.{name}"] = _saved(sized, name, **_SAVED_AS[name])
    return Picture(stem=stem, width=canvas.width, height=canvas.height, widths=widths, files=files)


def most_bytes() -> int:
    return int(settings.PETITIONS_PICTURE_MB) * 1024 * 1024


def _opened(data: bytes) -> Image.Image:
    """The picture with nothing but its head read; refused if it is none that we take."""
    try:
        image = Image.open(BytesIO(data), formats=_READ)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(MOST_PIXELS_ELSE) from error
    except UnidentifiedImageError as error:
        raise _unknown(data) from error
    most = MOST_PIXELS.get(image.format or "", MOST_PIXELS_ELSE)
    if image.width * image.height > most:
        raise _too_many_pixels(most)
    # A JPEG with a second picture for depth or brightness (MPO) shows its first.
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise ValidationError(_("Moving pictures are not taken. Choose a still one."), code="moves")
    if data.count(b"\xff\xda") > _MOST_SCANS and image.format in {"JPEG", "MPO"}:
        raise ValueError("too many scans")
    width, height = image.size
    if _turn(image) in _SIDEWAYS:
        width, height = height, width
    if width < LEAST_WIDTH:
        raise ValidationError(
            _("This picture is only %(width)d pixels wide. Choose one with at least %(least)d."),
            code="too_small",
            params={"width": width, "least": LEAST_WIDTH},
        )
    if max(width, height) > MOST_UNEVEN * min(width, height):
        raise ValidationError(
            _("This picture is too long and narrow. Cut it so that its longer side is at most "
              "three times the shorter one."),
            code="too_narrow",
        )  # fmt: skip
    return image


def _unknown(data: bytes) -> ValidationError:
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        text = _("Browsers cannot show HEIC pictures. Save it as JPEG and choose that.")
        return ValidationError(text, code="heic")
    return ValidationError(
        _("This file is no picture of a kind that we take. Choose a JPEG, PNG, WebP or AVIF."),
        code="unknown",
    )


def _too_many_pixels(most: int) -> ValidationError:
    return ValidationError(
        _("This picture has more than %(most)d million pixels. Choose a smaller one."),
        code="too_many_pixels",
        params={"most": most // 1_000_000},
    )


_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})


def _turn(image: Image.Image) -> int:
    """How the camera was held, as Exif counts; 1, upright, where it says nothing sensible."""
    try:
        turn = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - broken metadata makes no broken picture
        return 1
    return turn if turn in _TURNS else 1


def _painted(image: Image.Image) -> Image.Image:
    """The pixels in full, upright, at most SIDE long, in sRGB, on white; and nothing else."""
    turn = _turn(image)
    image.draft(None, (SIDE, SIDE))  # a JPEG four times as wide is read at half its size
    image.load()
    image = _plain_mode(image)
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if turn != 1:
        image = image.transpose(_TURNS[turn])
    canvas = Image.new("RGB", image.size, "white")
    if image.mode == "RGBA":
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.getchannel("A"))
        flat.info["icc_profile"] = image.info.get("icc_profile")
        image = flat
    canvas.paste(_in_srgb(image))
    return canvas


def _plain_mode(image: Image.Image) -> Image.Image:
    """In one of the modes L, RGB, RGBA and CMYK."""
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode.startswith("I"):  # 16 bits of grey, which convert() would cut off at 255
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"L", "RGB", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _in_srgb(image: Image.Image) -> Image.Image:
    if profile := image.info.get("icc_profile"):
        try:
            found = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            log.info("A picture's colour profile could not be used")
        else:
            return found or image
    return image.convert("RGB")


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    image.save(file := BytesIO(), kind, **options)
    return file.getvalue()


# In the storage


def store(picture: Picture) -> None:
    """Write the files. They are there before the row is, and stay if the row does not come."""
    for name, content in picture.files.items():
        default_storage.delete(name)  # a second try writes the same
        default_storage.save(name, ContentFile(content))


def remove(name: str, renditions: dict[str, Any]) -> None:
    """Remove the files of a stored picture; what is gone already is no error."""
    if not NAME.fullmatch(name.removeprefix(FOLDER)):
        return  # not made here
    for each in [name, *(each for _type, each, _width in _others(name, renditions))]:
        default_storage.delete(each)


def shown(name: str, renditions: dict[str, Any], *, alt: str) -> Shown | None:
    """What a page needs of a stored picture, or None where there is none. Opens no file."""
    if not (name and renditions):
        return None
    sources: dict[str, list[str]] = {}
    for type_, each, width in _others(name, renditions):
        sources.setdefault(type_, []).append(f"{default_storage.url(each)} {width}w")
    return Shown(
        url=default_storage.url(name),
        width=renditions["width"],
        height=renditions["height"],
        alt=alt,
        sources=[Source(type=key, srcset=", ".join(urls)) for key, urls in sources.items()],
    )


def open_largest(petition: "Petition") -> Image.Image | None:
    """The largest stored picture, RGB and up to SIDE pixels long, to draw with; None without one.

    Read in full: no file stays open. The same for a file that somebody removed by hand.
    """
    name = petition.picture.name
    if not (name and petition.picture_renditions):
        return None
    try:
        with default_storage.open(name) as file:
            image = Image.open(file, formats=["JPEG"])
            image.load()
    except OSError:
        log.warning("The picture %s cannot be read", name)
        return None
    return image


def _others(name: str, renditions: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """(type, name, width) of every file but the JPEG, best format and smallest width first."""
    stem = name.removesuffix(".jpg")
    for kind in renditions.get("formats", ()):
        for width in renditions["widths"]:
            yield TYPES[kind], f"{stem}-{width}.{kind}", width
