"""Reads a QR code that stands on a page, module by module: the test knows nothing but the drawing. And films one."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import segno
import segno.consts as tables
from PIL import Image
from playwright.sync_api import Locator
from segno.encoder import add_alignment_patterns, add_finder_patterns, get_data_mask_functions, make_matrix

FORMAT_MASK = 0b101010000010010
FREE = 0x2  # what the library calls a module that holds data
BYTES = 4


def shown_on(drawing: Locator) -> str:
    """What the QR in this element says; byte mode, without mending errors: a screen makes none."""
    size = int(str(drawing.get_attribute("viewBox")).split()[2])
    dark = set(re.findall(r"M(\d+) (\d+)h1v1h-1z", str(drawing.locator("path").get_attribute("d"))))
    return read([[(str(x), str(y)) in dark for x in range(size)] for y in range(size)])


def read(modules: list[list[bool]]) -> str:
    """The text of a matrix of modules."""
    size = len(modules)
    version = (size - 17) // 4
    error, mask = _format(modules)
    stream = _bytes(modules, version, get_data_mask_functions(False)[mask])
    blocks = [block.num_data for block in tables.ECC[version][error] for _ in range(block.num_blocks)]
    columns: list[list[int]] = [[] for _ in blocks]
    taken = iter(stream)
    for row in zip_longest(*(range(length) for length in blocks)):
        for column, at in zip(columns, row, strict=True):
            if at is not None:
                column.append(next(taken))
    bits = "".join(f"{byte:08b}" for column in columns for byte in column)
    assert int(bits[:4], 2) == BYTES
    count_bits = 8 if version < 10 else 16
    count = int(bits[4 : 4 + count_bits], 2)
    text = bits[4 + count_bits :][: count * 8]
    return bytes(int(text[at : at + 8], 2) for at in range(0, len(text), 8)).decode()


def filmed(text: str, film: Path) -> Path:
    """A film (y4m) of a phone that shows a code: askew, in a grey room, as a desk's camera sees it."""
    drawn = segno.make(text, error="m", micro=False)
    return before_the_camera([list(row) for row in drawn.matrix_iter(border=4)], film)


def before_the_camera(
    rows: Sequence[Sequence[int | bool]],
    film: Path,
    *,
    size: tuple[int, int] = (260, 260),
    askew: int = 9,
    seen: tuple[int, int] = (640, 480),
) -> Path:
    """A film of what bears these modules, dark where true."""
    wide, high = seen
    modules = Image.new("L", (len(rows[0]), len(rows)), 255)
    modules.putdata([255 * (not dark) for row in rows for dark in row])
    shown = modules.resize(size, Image.Resampling.NEAREST).rotate(
        askew, Image.Resampling.BICUBIC, expand=True, fillcolor=96
    )
    room = Image.new("L", (wide, high), 96)
    room.paste(shown, ((wide - shown.width) // 2 + 15, (high - shown.height) // 2))
    frame = b"FRAME\n" + room.tobytes() + bytes([128]) * (wide * high // 2)  # luma, then no colour at all
    film.write_bytes(b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420\n" % (wide, high) + frame * 3)
    return film


def _format(modules: list[list[bool]]) -> tuple[int, int]:
    """The level of mending and the mask, from the strip beside the upper left square."""
    places = [(8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)]
    strip = "".join(str(int(modules[y][x])) for y, x in places)
    found = int(strip[:5], 2) ^ (FORMAT_MASK >> 10)
    return found >> 3, found & 0b111


def _bytes(modules: list[list[bool]], version: int, masked: object) -> list[int]:
    """The data in the order it was laid: two columns at a time, from the right, up and down in turn."""
    size = len(modules)
    plan = make_matrix(size, size)
    add_finder_patterns(plan, size, size)
    add_alignment_patterns(plan, size, size)
    bits = []
    for right in range(size - 1, 0, -2):
        right -= 1 if right <= 6 else 0  # the column of the timing pattern holds nothing
        upwards = ((right + 1) & 2 == 0) ^ (right < 6)
        for step in range(size):
            y = size - 1 - step if upwards else step
            for x in (right, right - 1):
                if plan[y][x] == FREE:
                    bits.append(modules[y][x] ^ masked(y, x))  # type: ignore[operator]
    return [int("".join(str(int(bit)) for bit in bits[at : at + 8]), 2) for at in range(0, len(bits) - 7, 8)]
