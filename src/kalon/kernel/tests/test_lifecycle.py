"""The table of moves, without a database: who may, from where, what is missing, and why."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest
from django.db.models import TextChoices

from kalon.kernel import clock
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.lifecycle import REGISTRY, Lifecycle, Move, Row, mermaid

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Door(TextChoices):
    OPEN = "OPEN", "Open"
    SHUT = "SHUT", "Shut"
    LOCKED = "LOCKED", "Locked"


@dataclass
class Thing:
    status: str = Door.OPEN
    status_at: datetime = NOON
    key: str = ""
    told: list[str] = field(default_factory=list)

    def get_status_display(self) -> str:
        return Door(self.status).label


def needs_oil(thing: Thing) -> str | None:
    return None if "oiled" in thing.told else "Oil the hinge first."


@pytest.fixture
def doors():
    lifecycle = Lifecycle(
        of="tests.Door",
        noun="door",
        states=Door,
        initial=(Door.OPEN,),
        moves=(
            Move("shut", (Door.OPEN,), Door.SHUT, "shut the door", "doors.use", requires=(needs_oil,)),
            Move("open", (Door.SHUT,), Door.OPEN, "open the door", "doors.use"),
            Move(
                "lock",
                (Door.SHUT,),
                Door.LOCKED,
                "lock the door",
                "doors.lock",
                where=(Row.filled("key", otherwise="Bring the key."),),
            ),
            Move(
                "undo_lock",
                (Door.LOCKED,),
                Door.SHUT,
                "undo the locking",
                "doors.lock",
                within=timedelta(minutes=10),
            ),
        ),
    )
    yield lifecycle
    REGISTRY.pop("tests.Door")


def somebody(*permissions: str) -> Actor:
    return Actor(Kind.STAFF, "Sini", grants=MappingProxyType({EVERYWHERE: frozenset(permissions)}))


def test_a_move_needs_the_right(doors):
    with pytest.raises(NotPermitted, match="Sini may not shut the door"):
        doors.guard(Thing(told=["oiled"]), "shut", by=somebody())


def test_a_move_is_drawn_from_its_source_only(doors):
    with pytest.raises(IllegalMove, match="You cannot open the door: the door is open") as refused:
        doors.guard(Thing(), "open", by=somebody("doors.use"))
    assert refused.value.facts == {"status_is": "OPEN", "moves": ["shut"]}


def test_obstacles_are_said_in_words_all_at_once(doors):
    doors.also_requires("lock", lambda thing: "Nobody is inside?" if "checked" not in thing.told else None)
    with pytest.raises(NotReady) as refused:
        doors.guard(Thing(status=Door.SHUT), "lock", by=somebody("doors.lock"))
    assert refused.value.facts["obstacles"] == ["Bring the key.", "Nobody is inside?"]


def test_a_check_of_an_upper_context_is_asked_once_however_often_it_registers(doors):
    doors.also_requires("shut", needs_oil)
    doors.also_requires("shut", needs_oil)
    assert doors._added["shut"] == [needs_oil]


def test_a_correction_needs_a_reason_and_is_open_for_a_while(doors):
    locked = Thing(status=Door.LOCKED)
    by = somebody("doors.lock")
    with clock.at(NOON + timedelta(minutes=5)):
        with pytest.raises(Invalid, match="Write why") as refused:
            doors.guard(locked, "undo_lock", by=by)
        assert refused.value.field == "reason"
        assert doors.guard(locked, "undo_lock", by=by, reason="Wrong door").target == Door.SHUT
    with clock.at(NOON + timedelta(minutes=11)), pytest.raises(IllegalMove, match="too late"):
        doors.guard(locked, "undo_lock", by=by, reason="Wrong door")


def test_an_unknown_move_is_not_found(doors):
    with pytest.raises(NotFound):
        doors.guard(Thing(), "explode", by=somebody())


def test_buttons_that_cannot_act_yet_are_there_and_say_why(doors):
    buttons = doors.buttons(Thing(status=Door.SHUT), by=somebody("doors.use", "doors.lock"))
    assert [(b.move.name, b.enabled, b.why) for b in buttons] == [
        ("open", True, ""),
        ("lock", False, "Bring the key."),
    ]


def test_a_state_that_no_arrow_reaches_is_refused_when_declared():
    with pytest.raises(ValueError, match="LOCKED"):
        Lifecycle(
            of="tests.Broken",
            noun="door",
            states=Door,
            initial=(Door.OPEN,),
            moves=(Move("shut", (Door.OPEN,), Door.SHUT, "shut", "doors.use"),),
        )
    assert "tests.Broken" not in REGISTRY


def test_the_diagram_draws_every_arrow(doors):
    assert mermaid(doors) == (
        "stateDiagram-v2\n"
        "    [*] --> OPEN\n"
        "    OPEN --> SHUT: shut the door\n"
        "    SHUT --> OPEN: open the door\n"
        "    SHUT --> LOCKED: lock the door\n"
        "    LOCKED --> SHUT: undo the locking (correction)\n"
    )


def test_the_trigger_holds_the_same_arrows_and_conditions(doors):
    guard, history = doors.rules("tests_door")
    assert "OLD.status IN ('SHUT') AND NEW.status = 'LOCKED' AND NULLIF(NEW.key::text, '') IS NOT NULL" in guard.body
    assert "OLD.status_at > kalon_now() - interval '600 seconds'" in guard.body
    assert history.events == "AFTER INSERT OR UPDATE"
