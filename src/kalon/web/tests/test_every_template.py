"""Every page of every context: components that exist, nothing inline, no class names made of pieces."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from kalon.web.assets import SOURCE

PAGES = sorted(SOURCE.glob("*/templates/**/*.html"))
COMPONENTS = {path.stem.replace("_", "-") for path in (SOURCE / "web/templates/cotton").glob("*.html")} | {
    "vars",
    "slot",
}
COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
INLINE_ATTRIBUTE = re.compile(r"""<(?!c-)[a-z][^>]*?\s(?:style|on[a-z]+)\s*=\s*["'{]""")
INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style")
PIECED_CLASS = re.compile(r"""class="[^"]*[a-z]-\{[{%]""")


def name_of(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def markup(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def test_each_compiles():
    faults = []
    for path in PAGES:
        try:
            get_template(name_of(path).partition("/templates/")[2])
        except Exception as fault:
            faults.append(f"{name_of(path)}: {fault!r}")
    assert len(PAGES) > 300 and faults == []


def test_their_components_exist():
    used = {name_of(path): set(re.findall(r"<c-([a-z-]+)", markup(path))) - COMPONENTS for path in PAGES}
    assert {name: strange for name, strange in used.items() if strange} == {}


def test_nothing_is_inline():
    found = {
        name_of(path): [*INLINE_ATTRIBUTE.findall(markup(path)), *INLINE_SCRIPT.findall(markup(path))] for path in PAGES
    }
    assert {name: inline for name, inline in found.items() if inline} == {}


def test_class_names_are_whole():
    """Tailwind emits only names that it can read."""
    found = {name_of(path): PIECED_CLASS.findall(markup(path)) for path in PAGES}
    assert {name: pieces for name, pieces in found.items() if pieces} == {}


@pytest.mark.parametrize(
    ("pattern", "planted"),
    [
        (INLINE_ATTRIBUTE, '<b style="color:red">'),
        (INLINE_ATTRIBUTE, '<button class="x" onclick="go()">'),
        (INLINE_SCRIPT, "<script>alert(1)</script>"),
        (PIECED_CLASS, '<span class="k-st is-{{ tone }}">'),
    ],
)
def test_the_patterns_see_what_they_should(pattern, planted):
    assert pattern.search(planted)
