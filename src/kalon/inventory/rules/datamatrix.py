"""Draws a GS1 DataMatrix: the small square code on a pack or a label (ISO/IEC 16022, ECC 200, ASCII encodation).

The first word is the function character FNC1, which makes it a GS1 code; between two elements of which the first has no
fixed length it stands again, where a scanner types the separator (GS1 General Specifications, 5.6 and 7.8).
"""

from dataclasses import dataclass
from functools import cache

from kalon.kernel.errors import Invalid

FNC1 = 232
SEPARATOR = "\x1d"
PAD = 129


@dataclass(frozen=True, slots=True)
class Symbol:
    """A size of the code: modules a side, regions a side, data words, words that mend errors, blocks."""

    side: int
    regions: int
    data: int
    mending: int
    blocks: int = 1


# ISO/IEC 16022, table 7: the square symbols that a label has room for
SYMBOLS = (
    Symbol(10, 1, 3, 5), Symbol(12, 1, 5, 7), Symbol(14, 1, 8, 10), Symbol(16, 1, 12, 12), Symbol(18, 1, 18, 14),
    Symbol(20, 1, 22, 18), Symbol(22, 1, 30, 20), Symbol(24, 1, 36, 24), Symbol(26, 1, 44, 28), Symbol(32, 2, 62, 36),
    Symbol(36, 2, 86, 42), Symbol(40, 2, 114, 48), Symbol(44, 2, 144, 56), Symbol(48, 2, 174, 68),
    Symbol(52, 2, 204, 84, 2),
)  # fmt: skip

Matrix = list[list[bool]]


def draw(content: str, *, gs1: bool) -> Matrix:
    """The modules of a code, rows from the top, dark as True; without the quiet zone of one module around it."""
    words = _words(content, gs1=gs1)
    symbol = next((one for one in SYMBOLS if len(words) <= one.data), None)
    if symbol is None:
        raise Invalid("This is too long for a label.", field="code")
    return _framed(_placed(_mended(_filled(words, symbol.data), symbol), symbol), symbol)


def _words(content: str, *, gs1: bool) -> list[int]:
    """ASCII encodation: two digits in one word, any other character in a word of its own."""
    words, at = [FNC1] if gs1 else [], 0
    while at < len(content):
        pair = content[at : at + 2]
        if len(pair) == 2 and pair.isascii() and pair.isdigit():
            words.append(130 + int(pair))
            at += 2
            continue
        if ord(content[at]) > 127:
            raise Invalid("A label's code holds plain letters and digits only.", field="code")
        words.append(FNC1 if gs1 and content[at] == SEPARATOR else ord(content[at]) + 1)
        at += 1
    return words


def _filled(words: list[int], length: int) -> list[int]:
    """Filled up to the size of the symbol: one plain pad, then pads that look like noise (253-state)."""
    filled = list(words)
    while len(filled) < length:
        pad = PAD
        if len(filled) > len(words):
            pad += (149 * (len(filled) + 1)) % 253 + 1
        filled.append(pad - 254 if pad > 254 else pad)
    return filled


def _mended(words: list[int], symbol: Symbol) -> list[int]:
    """With the words that mend errors behind, block by block in turn."""
    size = symbol.mending // symbol.blocks
    blocks = [_reed_solomon(words[first :: symbol.blocks], size) for first in range(symbol.blocks)]
    return words + [blocks[at % symbol.blocks][at // symbol.blocks] for at in range(symbol.mending)]


def _reed_solomon(words: list[int], size: int) -> list[int]:
    powers, logs = _field()
    generator = [1]
    for power in range(1, size + 1):
        raised = [0, *generator]
        for at, factor in enumerate(generator):
            if factor:
                raised[at] ^= powers[logs[factor] + power]
        generator = raised
    rest = [0] * size
    for word in words:
        lead = word ^ rest[0]
        rest = [*rest[1:], 0]
        if lead:
            for at in range(size):
                factor = generator[size - 1 - at]
                rest[at] ^= powers[logs[factor] + logs[lead]] if factor else 0
    return rest


@cache
def _field() -> tuple[list[int], dict[int, int]]:
    """The field of 256 elements over x^8 + x^5 + x^3 + x^2 + 1."""
    powers, value = [], 1
    for _ in range(510):
        powers.append(value)
        value <<= 1
        value ^= 0x12D if value > 255 else 0
    return powers, {value: power for power, value in enumerate(powers[:255])}


def _placed(words: list[int], symbol: Symbol) -> Matrix:
    """Where each bit of each word goes (ISO/IEC 16022, annex F), for a square symbol."""
    side = symbol.side - 2 * symbol.regions
    modules: list[list[bool | None]] = [[None] * side for _ in range(side)]

    def put(row: int, column: int, word: int, bit: int) -> None:
        if row < 0:
            row, column = row + side, column + 4 - (side + 4) % 8
        if column < 0:
            row, column = row + 4 - (side + 4) % 8, column + side
        modules[row][column] = bool(words[word] >> (8 - bit) & 1)

    def utah(row: int, column: int, word: int) -> None:
        steps = ((-2, -2), (-2, -1), (-1, -2), (-1, -1), (-1, 0), (0, -2), (0, -1), (0, 0))
        for bit, (down, right) in enumerate(steps, 1):
            put(row + down, column + right, word, bit)

    def corner(places: tuple[tuple[int, int], ...], word: int) -> None:
        for bit, (row, column) in enumerate(places, 1):
            put(row % side, column % side, word, bit)

    word, row, column = 0, 4, 0
    while row < side or column < side:
        for where in _corners(row, column, side):
            corner(where, word)
            word += 1
        while row >= 0 and column < side:
            if row < side and column >= 0 and modules[row][column] is None:
                utah(row, column, word)
                word += 1
            row, column = row - 2, column + 2
        row, column = row + 1, column + 3
        while row < side and column >= 0:
            if row >= 0 and column < side and modules[row][column] is None:
                utah(row, column, word)
                word += 1
            row, column = row + 2, column - 2
        row, column = row + 3, column + 1
    if modules[-1][-1] is None:
        modules[-1][-1] = modules[-2][-2] = True
    return [[bool(module) for module in line] for line in modules]


def _corners(row: int, column: int, side: int) -> list[tuple[tuple[int, int], ...]]:
    """The words that are laid around the corners when a walk begins there."""
    found: list[tuple[tuple[int, int], ...]] = []
    if (row, column) == (side, 0):
        found.append(((-1, 0), (-1, 1), (-1, 2), (0, -2), (0, -1), (1, -1), (2, -1), (3, -1)))
    if (row, column) == (side - 2, 0) and side % 4:
        found.append(((-3, 0), (-2, 0), (-1, 0), (0, -4), (0, -3), (0, -2), (0, -1), (1, -1)))
    if (row, column) == (side - 2, 0) and side % 8 == 4:
        found.append(((-3, 0), (-2, 0), (-1, 0), (0, -2), (0, -1), (1, -1), (2, -1), (3, -1)))
    if (row, column) == (side + 4, 2) and not side % 8:
        found.append(((-1, 0), (-1, -1), (0, -3), (0, -2), (0, -1), (1, -3), (1, -2), (1, -1)))
    return found


def _framed(modules: Matrix, symbol: Symbol) -> Matrix:
    """Each region with its solid edge on the left and below, and its dotted one above and on the right."""
    inner = symbol.side // symbol.regions - 2
    framed = []
    for row in range(symbol.side):
        line = []
        for column in range(symbol.side):
            down, right = row % (inner + 2), column % (inner + 2)
            if right == 0 or down == inner + 1:
                line.append(True)
            elif down == 0:
                line.append(right % 2 == 0)
            elif right == inner + 1:
                line.append(down % 2 == 1)
            else:
                line.append(modules[row - 1 - 2 * (row // (inner + 2))][column - 1 - 2 * (column // (inner + 2))])
        framed.append(line)
    return framed
