"""Pictures for tests, made on the spot: what a camera, a program or an enemy would send."""

import struct
import zlib
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

LEFT, RIGHT = (200, 30, 30), (30, 60, 200)  # a picture's halves: red and blue
PLACE = b"GPSMark"  # stands in the metadata of geotagged()


def halves(width: int = 600, height: int = 400, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RIGHT)
    image.paste(LEFT, (0, 0, width // 2, height))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    image.save(file := BytesIO(), kind, **options)
    return file.getvalue()


def upload(content: bytes | None = None, name: str = "bridge.jpg") -> SimpleUploadedFile:
    """As a form gets it. The name and the type that it claims say nothing of what it is."""
    return SimpleUploadedFile(name, encoded(halves()) if content is None else content, "image/jpeg")


def geotagged(kind: str = "JPEG", turn: int = 1, **size: int) -> bytes:
    """With place, camera, comment and XMP, each marked by PLACE."""
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x010F] = PLACE.decode()  # who made the camera
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (53.0, 20.0, 59.0)
    gps[29] = PLACE.decode()  # the date of the fix, a text
    options: dict[str, Any] = {"exif": exif, "xmp": b"<x:xmpmeta>" + PLACE + b"</x:xmpmeta>"}
    if kind == "JPEG":
        options["comment"] = PLACE
    return encoded(halves(**size), kind, **options)


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose head says that it is that large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
