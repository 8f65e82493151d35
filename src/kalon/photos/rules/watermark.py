"""The picture that leaves the clinic: drawn anew, with dates, and with who made it for whom under which consent.

A band below the picture says it in words and covers nothing; the same words run faintly over the picture, so that the
band is not all there is to cut off. Nothing of the file it comes from is taken over but its points.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image, ImageChops, ImageDraw, ImageFont

from kalon.photos.rules.laying import Laid
from kalon.photos.rules.marks import Line

LONGEST = 4000  # points a side; what is larger is made smaller
DARK, GROUND = (18, 24, 23), (236, 234, 229)
FAINT = 34  # of 255: seen on skin and on cloth, and what is behind it too
SCRIPTS = (
    # from, to, the face that has these letters
    (0x0900, 0x097F, "NotoSansDevanagari_400Regular.ttf"),
    (0x0D00, 0x0D7F, "NotoSansMalayalam_400Regular.ttf"),
    (0x0600, 0x06FF, "NotoNaskhArabic_400Regular.ttf"),
)


@dataclass(frozen=True)
class Half:
    """One photograph of a copy: its content, what is burned into its corner, what was drawn on it."""

    content: BinaryIO
    label: str
    drawn: Sequence[Line] = ()


@dataclass(frozen=True)
class Said:
    """The lines below the picture; the first one runs over it too."""

    over: str
    below: tuple[str, ...]
    faces: Path


def picture(half: Half, said: Said) -> bytes:
    """One photograph to give away, as JPEG without any metadata."""
    drawn = opened(half.content)
    _draw(drawn, half.drawn, said.faces)
    return _finished(_fitting(drawn, LONGEST), [half.label], said)


def side_by_side(earlier: Half, later: Half, laid: Laid, said: Said) -> bytes:
    """Two photographs at the same scale, the later laid as it was lined up, as JPEG without any metadata."""
    one, other = opened(earlier.content), opened(later.content)
    _draw(one, earlier.drawn, said.faces)
    _draw(other, later.drawn, said.faces)
    other = other.transform(one.size, Image.Transform.AFFINE, _back(laid), Image.Resampling.BICUBIC, fillcolor=GROUND)
    one, other = _fitting(one, LONGEST // 2), _fitting(other, LONGEST // 2)
    gap = max(2, one.width // 200)
    both = Image.new("RGB", (2 * one.width + gap, one.height), "white")
    both.paste(one, (0, 0))
    both.paste(other, (one.width + gap, 0))
    return _finished(both, [earlier.label, later.label], said)


def opened(content: BinaryIO) -> Image.Image:
    """The points of a kept picture, upright as it is; what is clear stands on white."""
    with Image.open(content, formats=["JPEG", "PNG"]) as found:
        found.load()
        if "A" not in found.getbands():
            return found.convert("RGB")
        ground = Image.new("RGB", found.size, "white")
        ground.paste(found, mask=found.getchannel("A"))
        return ground


def _fitting(drawn: Image.Image, most: int) -> Image.Image:
    if max(drawn.size) > most:
        drawn.thumbnail((most, most), Image.Resampling.LANCZOS)
    return drawn


def _back(laid: Laid) -> tuple[float, ...]:
    """For each point of the earlier picture, where it lies in the later one."""
    c = math.cos(math.radians(laid.rotation)) / laid.scale
    s = math.sin(math.radians(laid.rotation)) / laid.scale
    return (
        c, s, -c * laid.shift_x - s * laid.shift_y,
        -s, c, s * laid.shift_x - c * laid.shift_y,
    )  # fmt: skip


def _draw(drawn: Image.Image, marks: Sequence[Line], faces: Path) -> None:
    pen, unit = ImageDraw.Draw(drawn), max(drawn.size) / 1000
    for mark in marks:
        for colour, width in ((DARK, 7 * unit), (mark.colour, 4 * unit)):
            for stroke in mark.strokes if not mark.words else ():
                pen.line(stroke, fill=colour, width=max(1, round(width)), joint="curve")
            if mark.ring:
                x, y, far = mark.ring
                pen.ellipse((x - far, y - far, x + far, y + far), outline=colour, width=max(1, round(width)))
        if mark.words:
            face, edge = _face(mark.words, 28 * unit, faces), round(2 * unit)
            pen.text(mark.at, mark.words, fill=mark.colour, font=face, stroke_width=edge, stroke_fill=DARK, anchor="ls")


def _finished(drawn: Image.Image, labels: Sequence[str], said: Said) -> bytes:
    size = max(14, drawn.width // 60)
    _run_over(drawn, said, size)
    step = drawn.width // len(labels)
    for place, label in enumerate(labels):
        _burn(drawn, label, (place * step + size, size), size, said.faces)
    rows = [row for line in said.below for row in _wrapped(line, drawn.width - 2 * size, size, said.faces)]
    high = round(size * 1.5)
    whole = Image.new("RGB", (drawn.width, drawn.height + high * len(rows) + size), DARK)
    whole.paste(drawn, (0, 0))
    pen = ImageDraw.Draw(whole)
    for number, row in enumerate(rows):
        at = (size, drawn.height + size // 2 + number * high)
        pen.text(at, row, fill="white", font=_face(row, size, said.faces))
    out = BytesIO()
    whole.save(out, "JPEG", quality=90)
    return out.getvalue()


def _run_over(drawn: Image.Image, said: Said, size: int) -> None:
    """The words again and again, askew, dark and light at once: neither ground hides them."""
    finer = max(1, drawn.width // 1000)  # drawn small and enlarged: faint words need no more
    wide, high, small = drawn.width // finer, drawn.height // finer, max(10, size // finer)
    face = _face(said.over, small, said.faces)
    long = round(face.getlength(said.over)) + 4 * small
    side = round(math.hypot(wide, high)) + 2
    veil = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(veil)
    for row, down in enumerate(range(0, side, small * 9)):
        for right in range(-(row % 2) * long // 2, side, long):
            pen.text((right, down), said.over, fill=FAINT * 2, font=face)
    left, top = (side - wide) // 2, (side - high) // 2
    veil = veil.rotate(30, Image.Resampling.BICUBIC).crop((left, top, left + wide, top + high))
    veil = veil.resize(drawn.size, Image.Resampling.BILINEAR)
    drawn.paste(DARK, None, ImageChops.offset(veil, 1, 1))
    drawn.paste((255, 255, 255), None, veil)


def _burn(drawn: Image.Image, label: str, at: tuple[int, int], size: int, faces: Path) -> None:
    face, pen = _face(label, size, faces), ImageDraw.Draw(drawn)
    left, top, right, bottom = pen.textbbox(at, label, font=face)
    pen.rounded_rectangle(
        (left - size // 2, top - size // 2, right + size // 2, bottom + size // 2), size // 3, fill=DARK
    )
    pen.text(at, label, fill="white", font=face)


def _wrapped(line: str, room: float, size: int, faces: Path) -> list[str]:
    rows: list[str] = []
    for word in line.split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and _face(longer, size, faces).getlength(longer) <= room:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows


def _face(words: str, size: float, faces: Path) -> Any:
    """The first of our faces that has the letters; Pillow's own where the browser files were not built."""
    name = next((face for low, high, face in SCRIPTS if any(low <= ord(letter) <= high for letter in words)), "")
    path = faces / (name or "Figtree_500Medium.ttf")
    return ImageFont.truetype(path, size) if path.exists() else ImageFont.load_default(size)
