"""The icon sprite: lucide drawings, only those that the pages name."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

NAME = r"([a-z][a-z0-9-]*)"
NAMED = (
    re.compile(rf"""<c-icon\b[^>]*?\sname=["']{NAME}["']"""),
    re.compile(rf"""{{%\s*icon\s+["']{NAME}["']"""),
    re.compile(rf"""{{%\s*status\s+\S+\s+["']{NAME}["']"""),
    re.compile(rf"""\bicon(?:_end)?\s*[=:]\s*["']{NAME}["']"""),
    re.compile(rf"""["']icon["']\s*:\s*["']{NAME}["']"""),
    re.compile(rf"""\bicon\(["']{NAME}["']"""),
    re.compile(rf"""//\s*icons?:\s*{NAME}"""),
)
DRAWING = re.compile(r"<svg\b[^>]*>(?P<inside>.*)</svg>", re.DOTALL)


class UnknownIconError(LookupError):
    """A page names an icon that lucide does not have."""


def used_icons(files: Iterable[Path], root: Path) -> dict[str, str]:
    """Every icon that templates and Python name, with the file that names it first."""
    used: dict[str, str] = {}
    for path in sorted(files):
        text = path.read_text(encoding="utf-8")
        for pattern in NAMED:
            for match in pattern.finditer(text):
                used.setdefault(match.group(1), str(path.relative_to(root)))
    return used


def sprite(used: Mapping[str, str], drawings: Path) -> str:
    """One SVG file with a symbol for each name."""
    missing = [_unknown(name, where, drawings) for name, where in used.items() if not _path(name, drawings).exists()]
    if missing:
        raise UnknownIconError("\n".join(missing))
    symbols = "".join(
        f'<symbol id="{name}" viewBox="0 0 24 24">{_inside(name, drawings)}</symbol>' for name in sorted(used)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'


def _path(name: str, drawings: Path) -> Path:
    return drawings / f"{name}.svg"


def _inside(name: str, drawings: Path) -> str:
    match = DRAWING.search(_path(name, drawings).read_text(encoding="utf-8"))
    if match is None:
        raise UnknownIconError(f"The drawing of the icon “{name}” cannot be read.")
    return re.sub(r"\s*\n\s*", "", match["inside"])


def _unknown(name: str, where: str, drawings: Path) -> str:
    near = get_close_matches(name, [path.stem for path in drawings.glob("*.svg")], n=3)
    advice = f" Perhaps {', '.join(near)}?" if near else ""
    return f"{where}: there is no icon “{name}”.{advice}"
