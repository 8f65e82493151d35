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


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_it_compiles(path):
    get_template(name_of(path).partition("/templates/")[2])


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_its_components_exist(path):
    assert set(re.findall(r"<c-([a-z-]+)", markup(path))) <= COMPONENTS


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_nothing_is_inline(path):
    text = markup(path)
    assert INLINE_ATTRIBUTE.findall(text) == []
    assert INLINE_SCRIPT.findall(text) == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_class_names_are_whole(path):
    """Tailwind emits only names that it can read."""
    assert PIECED_CLASS.findall(markup(path)) == []


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
