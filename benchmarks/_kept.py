"""What the voice's measurement has heard so far, kept so that it goes on where it was stopped.

A line of `$KALON_VAR/bench-voice/heard.jsonl` holds one recording: what was said in it, by whom, and what the model of
this version of the listener made of it. Another text, voice, model or listener is heard anew.
"""

import ast
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from kalon.voice.rules.lines import Line


class Hearing(NamedTuple):
    """What was heard in some sound: lines, the language of each stretch, how long it was and how long it took."""

    lines: "tuple[Line, ...]"
    languages: tuple[str, ...]
    seconds: float
    took: float

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


class Book:
    """Recordings that were heard, by what was said in them."""

    def __init__(self, voice: str) -> None:
        folder = Path(os.environ.get("KALON_VAR") or tempfile.mkdtemp(prefix="kalon-bench-")) / "bench-voice"
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "heard.jsonl"
        self.voice = voice + _listener()
        rows = map(json.loads, self.file.read_text().splitlines()) if self.file.exists() else ()
        self.rows: dict[str, Any] = {row["key"]: row for row in rows}

    def has(self, label: str, said: Iterable[str]) -> bool:
        return self._key(label, said) in self.rows

    def of(self, label: str, said: Iterable[str], listen: Callable[[], Hearing]) -> Hearing:
        """What was heard of this, now or in an earlier run."""
        from kalon.voice.rules.lines import read, written

        key = self._key(label, said)
        if key not in self.rows:
            one = listen()
            row = {
                "key": key, "label": label[:60], "lines": written(one.lines).decode(), "languages": one.languages,
                "seconds": round(one.seconds, 2), "took": round(one.took, 3), "load": round(os.getloadavg()[0], 1),
            }  # fmt: skip
            with self.file.open("a") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            self.rows[key] = row
        row = self.rows[key]
        return Hearing(tuple(read(row["lines"].encode())), tuple(row["languages"]), row["seconds"], row["took"])

    def _key(self, label: str, said: Iterable[str]) -> str:
        return hashlib.sha256("\n".join((self.voice, label, *said)).encode()).hexdigest()


def _listener() -> str:
    """The listener and its model, as a fingerprint."""
    from kalon.voice.actions.listening import local, model
    from kalon.voice.rules import windows

    digest = hashlib.sha256()
    for part in (local, windows):
        digest.update(_what_it_does(Path(str(part.__file__)).read_text()).encode())
    digest.update(str((model.model_folder() / "model.bin").stat().st_size).encode())
    return digest.hexdigest()


def _what_it_does(source: str) -> str:
    """A module without its comments and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)
