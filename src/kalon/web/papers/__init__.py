"""Papers: what a clinic hands out, drawn as PDF/A-2b. A template holds the shape; data never becomes source.

A template imports the shared look with `#import "/web/papers/look.typ": *` and finds its figures in `data`.
"""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
import typst

import kalon
from kalon.web import assets

ROOT = Path(kalon.__file__).parent
FACES = assets.OUT / "fonts"


def draw(template: Path, data: Mapping[str, Any]) -> bytes:
    """The paper as PDF/A-2b; `template` lies with its context, `data` is what JSON can say."""
    made = typst.compile(
        template,
        root=ROOT,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        font_paths=[FACES],  # built with the browser's files; without them typst's own faces are used
        ignore_system_fonts=True,
        pdf_standards="a-2b",
    )
    assert isinstance(made, bytes)
    return made


def square_code(content: str) -> str:
    """A QR code as SVG, to be placed on a paper."""
    drawn = io.BytesIO()
    segno.make(content, error="m").save(drawn, kind="svg", border=0, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()
