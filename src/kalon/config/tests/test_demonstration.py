"""A demonstration that was ended half way is made anew, and nothing else is ever thrown away."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from kalon.config import provision, seed
from kalon.config.cli import ready
from kalon.config.installation import Installation

HERE, ELSEWHERE = "", "postgresql://clinic@db.example:5433/kalon"


class Killed(BaseException):
    """The seed is ended by force."""


@pytest.fixture
def dropped(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The databases that were dropped; servers, tables and seeds stay out of this."""
    names: list[str] = []
    monkeypatch.setattr(provision, "nothing", lambda here: names.append(here.database("kalon_app")["HOST"]))
    for name in ("database", "tables", "classifications", "rights"):
        monkeypatch.setattr(provision, name, lambda *_: None)
    monkeypatch.setattr(ready.postgres, "ensure", lambda _: None)
    monkeypatch.setattr(ready, "_classifications_meanwhile", nullcontext)
    monkeypatch.setenv("KALON_DEMO", "")
    return names


def start(var: Path, monkeypatch: pytest.MonkeyPatch, *, url: str = HERE, wanted: bool = True) -> None:
    monkeypatch.setattr(seed, "is_wanted", lambda: wanted)
    monkeypatch.setattr(seed, "load", lambda: None)
    ready.demonstration(Installation(var, url))


@pytest.fixture
def left_half_way(tmp_path: Path, dropped: list[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    def ended() -> None:
        raise Killed

    monkeypatch.setattr(seed, "is_wanted", lambda: True)
    monkeypatch.setattr(seed, "load", ended)
    with pytest.raises(Killed):
        ready.demonstration(Installation(tmp_path))
    assert dropped == []
    return tmp_path


def test_what_was_left_half_way_is_made_anew_once(
    left_half_way: Path, dropped: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    start(left_half_way, monkeypatch)
    assert len(dropped) == 1
    start(left_half_way, monkeypatch, wanted=False)
    assert len(dropped) == 1


def test_another_database_is_not_taken_for_it(
    left_half_way: Path, dropped: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    start(left_half_way, monkeypatch, url=ELSEWHERE, wanted=False)
    assert dropped == []


def test_what_was_served_or_restored_since_stays(
    left_half_way: Path, dropped: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ready.everything(Installation(left_half_way))
    start(left_half_way, monkeypatch, wanted=False)
    assert dropped == []
