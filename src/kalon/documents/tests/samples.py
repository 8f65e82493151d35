"""Drawn, invented files: good ones, and ones that lie."""

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import IFDRational

SCRIPT = b"<script>alert(1)</script>"


def pdf(*, text: str = "Thyroid profile", pages: int = 1, catalog: bytes = b"", more: tuple[bytes, ...] = ()) -> bytes:
    """A small PDF written by hand; `catalog` stands in its root, `more` are further objects (from number 10 on)."""
    kids = b" ".join(b"%d 0 R" % (100 + number) for number in range(pages))
    words = b"BT /F1 24 Tf 60 720 Td (" + text.encode() + b") Tj ET"
    objects: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        2: b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        3: b"<< /Length %d >>\nstream\n" % len(words) + words + b"\nendstream",
        4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    for number in range(pages):
        objects[100 + number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R "
            b"/Resources << /Font << /F1 4 0 R >> >> >>"
        )
    for number, body in enumerate(more, start=10):
        objects[number] = body
    out, places = BytesIO(), {}
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    for number, body in sorted(objects.items()):
        places[number] = out.tell()
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    start, size = out.tell(), max(objects) + 1
    out.write(b"xref\n0 %d\n" % size)
    for number in range(size):
        out.write(b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n")
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start))
    return out.getvalue()


def picture(kind: str = "JPEG", *, size: tuple[int, int] = (640, 480), **options: Any) -> bytes:
    """A drawn picture."""
    image = Image.new("RGB", size, (238, 226, 214))
    draw = ImageDraw.Draw(image)
    draw.ellipse((size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1] * 3 // 4), fill=(31, 92, 85))
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def photo_with_position() -> bytes:
    """A photo as a phone makes it: sideways, with the place and the camera in it."""
    exif = Image.Exif()
    exif[0x0110] = "A camera of Kochi"
    exif[0x0112] = 6  # turn it by a quarter to see it upright
    exif.get_ifd(0x8825).update({1: "N", 2: (IFDRational(9), IFDRational(57), IFDRational(40)), 3: "E"})
    return picture(exif=exif, comment=b"somebody's name")


def svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>"


def html() -> bytes:
    return b"<!doctype html><html><body>" + SCRIPT + b"</body></html>"


def zipped(plain: bytes = SCRIPT) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.html", plain)
    return out.getvalue()


def png_bomb(side: int = 30_000) -> bytes:
    """A few kilobytes that unpack to 900 million points."""
    row = b"\0" * (side // 8 + 1)
    pixels = zlib.compressobj(9)
    data = b"".join([pixels.compress(row * 100) for _ in range(side // 100)] + [pixels.flush()])

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def pdf_bomb(gigabytes: int = 4) -> bytes:
    """A PDF whose list of objects unpacks to gigabytes."""
    squeeze = zlib.compressobj(9)
    block = b"\0" * (1 << 20)
    packed = b"".join([squeeze.compress(block) for _ in range(gigabytes * 1024)] + [squeeze.flush()])
    out = BytesIO()
    out.write(b"%PDF-1.7\n")
    start = out.tell()
    out.write(
        b"1 0 obj\n<< /Type /XRef /Size 3 /W [1 4 2] /Root 2 0 R /Filter /FlateDecode /Length %d >>\nstream\n"
        % len(packed)
        + packed
        + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
    )
    return out.getvalue()
