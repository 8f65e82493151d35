"""The browser's files: built when something changed, never looked for in a release."""

import pytest

from kalon.web import assets


@pytest.fixture
def released(tmp_path, monkeypatch):
    """Kalon as installed from a wheel: no package.json beside it."""
    monkeypatch.setattr(assets, "REPOSITORY", tmp_path)
    monkeypatch.setattr(assets, "STAMP", tmp_path / "stamp.txt")
    return tmp_path


def test_a_release_brings_its_files_and_builds_nothing(released):
    (released / "stamp.txt").write_text("0123456789abcdef")
    assert assets.build() is False
    assert assets.version() == "0123456789"


def test_a_release_without_files_says_what_to_do(released):
    with pytest.raises(assets.BuildError, match="Reinstall Kalon"):
        assets.build()
    assert assets.version() == "unbuilt"


def test_any_changed_source_changes_the_mark(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "REPOSITORY", tmp_path)
    page = tmp_path / "page.html"
    page.write_text("<b>one</b>")
    before = assets._digest([page])
    page.write_text("<b>two</b>")
    assert assets._digest([page]) != before


def test_tests_and_migrations_do_not_decide_what_the_browser_gets():
    parts = {part for path in assets.markup() for part in path.relative_to(assets.SOURCE).parts}
    assert "templates" in parts
    assert not {"tests", "migrations"} & parts


def test_a_failed_step_tells_what_was_going_on():
    with pytest.raises(assets.BuildError, match=r"Failed while doing a thing:(.|\n)*no such luck"):
        assets._run(["sh", "-c", "echo no such luck >&2; exit 1"], doing="doing a thing")


def test_a_class_that_never_matches_ends_the_build():
    assets._whole(".group:has(:is(input[value=FOLLOW_UP]:checked)) *{display:block}")
    with pytest.raises(assets.BuildError, match=r"write .*_ for an underscore"):
        assets._whole(".group:has(:is()) *{display:block}")
