"""Reads the DataMatrix of a picture as a scanner does: finds it, samples it, checks that no word was misread."""

from typing import Any

import numpy as np

SEPARATOR = "\x1d"
SIDES = {10: (3, 5), 12: (5, 7), 14: (8, 10), 16: (12, 12), 18: (18, 14), 20: (22, 18), 22: (30, 20), 24: (36, 24),
         26: (44, 28)}  # modules a side: words of data, words that mend; one region  # fmt: skip


def read(picture: Any) -> str:
    """What the only code in a picture says; an AssertionError when it is not whole."""
    modules = _sampled(picture < 128)
    side = len(modules)
    words = _words(modules[1:-1, 1:-1], sum(SIDES[side]))
    assert _syndromes(words, SIDES[side][1]) == [0] * SIDES[side][1]
    return _text(words[: SIDES[side][0]])


def _sampled(dark: Any) -> Any:
    """The modules: the solid edge on the left is the longest upright run of dark, the dotted one is counted."""
    column, top, length = max(
        ((x, *_longest(dark[:, x])) for x in range(dark.shape[1])), key=lambda run: (run[2], -run[0])
    )
    left = int(column)
    bottom = top + length
    right = left + length
    edge = dark[top + 2, left:right]  # within the first row of modules
    side = int((edge[1:] != edge[:-1]).sum()) + 1
    at = [(2 * one + 1) * length // (2 * side) for one in range(side)]
    modules = dark[top:bottom, left:right][np.ix_(at, at)]
    assert modules[:, 0].all() and modules[-1].all()
    return modules


def _longest(line: Any) -> tuple[int, int]:
    ends = np.flatnonzero(np.diff(np.concatenate([[0], line.view(np.int8), [0]])))
    runs = [(int(stop - start), int(start)) for start, stop in zip(ends[::2], ends[1::2], strict=True)]
    length, start = max(runs, default=(0, 0))
    return start, length


def _words(inner: Any, count: int) -> list[int]:
    """The words in the order of their middles along the diagonals; those at the corners lie as annex F draws them."""
    side = len(inner)
    taken: dict[tuple[int, int], bool] = {}
    words = []

    def bits(places: list[tuple[int, int]]) -> None:
        value = 0
        for row, column in places:
            if row < 0:
                row, column = row + side, column + 4 - (side + 4) % 8
            if column < 0:
                row, column = row + 4 - (side + 4) % 8, column + side
            taken[row, column] = True
            value = value * 2 + int(inner[row, column])
        words.append(value)

    diagonal, upwards, row, column = 0, True, 4, 0
    while len(words) < count:
        last, under = side - 1, side - 2
        if (row, column) == (side, 0):
            bits([(last, 0), (last, 1), (last, 2), (0, under), (0, last), (1, last), (2, last), (3, last)])
        elif (row, column) == (under, 0) and side % 8 == 4:
            bits([(side - 3, 0), (under, 0), (last, 0), (0, under), (0, last), (1, last), (2, last), (3, last)])
        elif (row, column) == (under, 0) and side % 4:
            bits([(side - 3, 0), (under, 0), (last, 0), (0, side - 4), (0, side - 3), (0, under), (0, last), (1, last)])
        if 0 <= row < side and 0 <= column < side and (row, column) not in taken:
            bits([(row - 2, column - 2), (row - 2, column - 1), (row - 1, column - 2), (row - 1, column - 1),
                  (row - 1, column), (row, column - 2), (row, column - 1), (row, column)])  # fmt: skip
        row, column = (row - 2, column + 2) if upwards else (row + 2, column - 2)
        if upwards and (row < 0 or column >= side):
            row, column, upwards = row + 1, column + 3, False
        elif not upwards and (row >= side or column < 0):
            row, column, upwards = row + 3, column + 1, True
        diagonal += 1
        assert diagonal < 9999
    return words


def _syndromes(words: list[int], mending: int) -> list[int]:
    """All zero when every word was read as it was written."""
    found = []
    for power in range(1, mending + 1):
        root = 1
        for _ in range(power):
            root = _times(root, 2)
        value = 0
        for word in words:
            value = _times(value, root) ^ word
        found.append(value)
    return found


def _times(one: int, other: int) -> int:
    product = 0
    while other:
        product ^= one if other & 1 else 0
        one, other = (one << 1) ^ (0x12D if one & 128 else 0), other >> 1
    return product


def _text(words: list[int]) -> str:
    said = ""
    for at, word in enumerate(words):
        if word == 129:
            break
        if word == 232:
            said += SEPARATOR if at else "]d2"  # how a scanner says that the code is one of GS1's
        else:
            said += f"{word - 130:02d}" if word >= 130 else chr(word - 1)
    return said
