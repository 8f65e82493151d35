"""What a file really is, found out in a process of its own that may take little memory and little time.

    python examining.py <fd> <side>…   the file on standard input, a picture drawn anew goes to the descriptor <fd>,
                                       and small ones of at most so many points a side go into the answer

Prints one line of JSON: what the file is, or `refused` with a sentence. Imports nothing of ours and trusts nothing: a
file that makes a decoder swell or loop ends this process, not the server. Only what is read here is believed; the
name and the type that a browser sends are not looked at.

A PDF must be one from its first byte to its last, hold nothing that acts (scripts, programs, forms of XFA, files
inside) and open without a password. A picture is decoded and drawn anew, so that position, camera and whatever
else was hidden in the file stay behind.
"""

import base64
import json
import os
import resource
import sys
import zipfile
from io import BytesIO
from typing import Any, BinaryIO

MEMORY, SECONDS, LARGEST_PLAIN = 1 << 30, 20, 64 << 20
MOST_PIXELS, MOST_SIDE, MOST_PAGES, MOST_OBJECTS = 50_000_000, 20_000, 2_000, 200_000
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/png"}  # and as what each is kept
ACTS = {
    "/JavaScript": "a script", "/JS": "a script", "/Launch": "a command that starts a program",
    "/EmbeddedFile": "another file inside", "/EmbeddedFiles": "another file inside",
    "/RichMedia": "a film or a program",
    "/XFA": "a form that runs programs", "/SubmitForm": "a form that sends what is typed", "/ImportData": "a form",
}  # fmt: skip

NEITHER = "This is not a PDF or a picture. Send a PDF, JPEG, PNG or WebP file."
BROKEN_PDF = "This PDF is damaged or not quite a PDF. Open it and print or save it as a PDF again, then send that."
BROKEN_PICTURE = "This picture cannot be read. Open it, save it as a JPEG or PNG again, then send that."
LOCKED = "This PDF opens with a password only. Save a copy without the password, then send that."
TWO_IN_ONE = "This file is two kinds of file at once, so it is not taken. Save it anew, then send that."
TOO_LARGE_PICTURE = "This picture is too large to open: at most 50 million points. Make it smaller, then send that."
SEVERAL = "This is a moving picture. Send one still picture."


class Refused(Exception):
    """The file is not taken, in a sentence."""


def examine(source: BinaryIO, target: BinaryIO, sides: list[int]) -> dict[str, Any]:
    """What the file is; a picture is drawn anew into `target`."""
    head = source.read(16)
    source.seek(0)
    if head.startswith(b"%PDF-"):
        return _pdf(source)
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return _picture(source, target, sides)
    raise Refused(NEITHER)


def _alone(source: BinaryIO) -> None:
    if zipfile.is_zipfile(source):
        raise Refused(TWO_IN_ONE)
    source.seek(0)


def _pdf(source: BinaryIO) -> dict[str, Any]:
    _alone(source)
    _ends_as_pdf(source)
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        # Not strict about tables: printers and laboratories write them carelessly. Head and tail were looked at above.
        pdf = PdfFileReader(source, strict=False)
        if pdf.encrypted:
            raise Refused(LOCKED)
        pages = int(pdf.root["/Pages"]["/Count"])
        if not 1 <= pages <= MOST_PAGES:
            raise Refused(BROKEN_PDF)
        _harmless(pdf)
    except (Refused, MemoryError):
        raise
    except Exception:
        raise Refused(BROKEN_PDF) from None
    return {"type": "application/pdf", "pages": pages}


def _ends_as_pdf(source: BinaryIO) -> None:
    """Nothing may hang behind the last line: that is where the other half of a two-in-one stands."""
    size = source.seek(0, os.SEEK_END)
    source.seek(max(0, size - 1024))
    tail = source.read()
    source.seek(0)
    if b"%%EOF" not in tail:
        raise Refused(BROKEN_PDF)
    if tail.rpartition(b"%%EOF")[2].strip(b"\r\n\t \x00"):
        raise Refused(TWO_IN_ONE)


def _harmless(pdf: Any) -> None:
    """Walk through every object: its dictionaries may name no action that does something by itself."""
    from pyhanko.pdf_utils import generic

    waiting: list[Any] = [pdf.trailer["/Root"], pdf.root]
    seen: set[tuple[int, int]] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, generic.IndirectObject):
            if one.reference.idnum and (one.idnum, one.generation) not in seen:
                seen.add((one.idnum, one.generation))
                if len(seen) > MOST_OBJECTS:
                    raise Refused(BROKEN_PDF)
                waiting.append(one.get_object())
        elif isinstance(one, generic.DictionaryObject):
            for key in one:
                value = one.raw_get(key)
                for word in (str(key), str(value) if isinstance(value, generic.NameObject) else ""):
                    if word in ACTS:
                        raise Refused(f"This PDF holds {ACTS[word]}. Print it as a PDF again, then send that.")
                waiting.append(value)
        elif isinstance(one, generic.ArrayObject):
            waiting += [one.raw_get(index) for index in range(len(one))]


def _picture(source: BinaryIO, target: BinaryIO, sides: list[int]) -> dict[str, Any]:
    _alone(source)
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(source, formats=list(PICTURES)) as found:
            kind = str(found.format)
            if found.width * found.height > MOST_PIXELS or max(found.size) > MOST_SIDE:
                raise Refused(TOO_LARGE_PICTURE)
            if getattr(found, "n_frames", 1) > 1:
                raise Refused(SEVERAL)
            found.load()
            drawn = ImageOps.exif_transpose(found)
            drawn = drawn.convert("RGBA" if "A" in drawn.getbands() and kind != "JPEG" else "RGB")
    except (Refused, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise Refused(TOO_LARGE_PICTURE) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError):
        raise Refused(BROKEN_PICTURE) from None
    clean = Image.frombytes(drawn.mode, drawn.size, drawn.tobytes())
    if PICTURES[kind] == "image/jpeg":
        clean.save(target, "JPEG", quality=92)
    else:
        clean.save(target, "PNG")
    return {
        "type": PICTURES[kind],
        "for_print": found.mode == "CMYK",
        "width": clean.width,
        "height": clean.height,
        "small": _small(clean.convert("RGB"), sides),
    }


def _small(small: Any, sides: list[int]) -> list[str]:
    """The picture again, the largest first, each made of the one before."""
    made = {}
    for side in sorted(sides, reverse=True):
        small.thumbnail((side, side))
        out = BytesIO()
        small.save(out, "JPEG", quality=72 if side <= 320 else 84)
        made[side] = base64.b64encode(out.getvalue()).decode()
    return [made[side] for side in sides]


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * LARGEST_PLAIN, 4 * LARGEST_PLAIN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(0, "rb", closefd=False) as source, os.fdopen(int(sys.argv[1]), "wb", closefd=False) as target:
        try:
            found = examine(source, target, [int(side) for side in sys.argv[2:]])
        except Refused as refusal:
            found = {"refused": str(refusal)}
        target.flush()
    print(json.dumps(found))


if __name__ == "__main__":
    _main()
