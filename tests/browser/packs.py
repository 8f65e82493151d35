"""Films of packs before a camera: the square code of implants and of our labels, and the bars of boxes."""

from pathlib import Path

from kalon.inventory.rules import datamatrix
from tests.browser.qr import before_the_camera

# ISO/IEC 15417, annex A: the widths of bars and gaps of each of the 103 values, the three starts, and the stop
WIDTHS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
BARS = WIDTHS.split()
START_PAIRS, FUNCTION, TO_LETTERS, STOP = 105, 102, 100, 106
QUIET = 10


def filmed_square(content: str, film: Path, *, gs1: bool = True) -> Path:
    """A pack with a DataMatrix, as our own labels have it."""
    modules = [[False, *row, False] for row in datamatrix.draw(content, gs1=gs1)]
    edge = [[False] * len(modules[0])]
    return before_the_camera([*edge, *modules, *edge], film)


def filmed_bars(digits: str, letters: str, film: Path) -> Path:
    """A box with GS1-128: an even number of digits, then letters."""
    pairs = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    values = [START_PAIRS, FUNCTION, *pairs, TO_LETTERS, *(ord(one) - 32 for one in letters)]
    check = (values[0] + sum(at * value for at, value in enumerate(values))) % 103
    widths = "".join(BARS[value] for value in [*values, check, STOP])
    row = [at % 2 == 0 for at, width in enumerate(widths) for _ in range(int(width))]
    line = [False] * QUIET + row + [False] * QUIET
    return before_the_camera([line], film, size=(4 * len(line), 300), askew=3, seen=(1280, 720))
