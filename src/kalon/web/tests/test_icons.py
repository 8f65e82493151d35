"""The sprite holds what the pages name, and says so when it cannot."""

import pytest

from kalon.web.icons import UnknownIconError, sprite, used_icons


@pytest.fixture
def drawings(tmp_path):
    folder = tmp_path / "icons"
    folder.mkdir()
    (folder / "check.svg").write_text('<!-- licence -->\n<svg class="x"\n  width="24">\n  <path d="M1 1" />\n</svg>')
    return folder


def test_names_are_found_in_templates_python_and_scripts(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<c-icon size="20" name="user" /> {% icon "clock" 14 %} <c-status tone="x" icon="check" /> <c-b icon_end=\'x\'>'
    )
    code = tmp_path / "code.py"
    code.write_text('Move(name="cancel", icon="ban"); {"icon": "inbox"}; silicon = "not-this"')
    script = tmp_path / "code.js"
    script.write_text('icon("send"); // icons: undo-2')
    assert set(used_icons([page, code, script], tmp_path)) == {
        "user",
        "clock",
        "check",
        "x",
        "ban",
        "inbox",
        "send",
        "undo-2",
    }


def test_a_symbol_for_each_name(drawings):
    assert sprite({"check": "page.html"}, drawings) == (
        '<svg xmlns="http://www.w3.org/2000/svg">'
        '<symbol id="check" viewBox="0 0 24 24"><path d="M1 1" /></symbol></svg>'
    )


def test_a_missing_icon_names_the_file_and_a_likely_name(drawings):
    with pytest.raises(UnknownIconError, match=r"page\.html: there is no icon “chek”\. Perhaps check\?"):
        sprite({"chek": "page.html"}, drawings)
