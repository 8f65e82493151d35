"""Live screens: what a ticket covers, whom the exchange tells, and what a table says of itself."""

import asyncio
import json
import time
from dataclasses import replace
from types import MappingProxyType
from uuid import UUID

import pytest
from django.core import signing

from kalon.kernel import live
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.ids import uuid7
from kalon.kernel.live.hub import WAITING
from kalon.kernel.live.tickets import SALT, _permissions

ORGANIZATION, HERE, THERE = uuid7(), uuid7(), uuid7()
PAGE = "https://clinic.example"


@pytest.fixture(autouse=True)
def two_topics():
    before = dict(_permissions)
    _permissions.clear()
    live.topic("visits", permission="visits.view")
    live.topic("stock", permission="stock.view")
    yield
    _permissions.clear()
    _permissions.update(before)


def actor(grants: dict[UUID | None, set[str]]) -> Actor:
    held = MappingProxyType({at: frozenset(permissions) for at, permissions in grants.items()})
    return Actor(Kind.STAFF, "Sini", organization_id=ORGANIZATION, user_id=uuid7(), grants=held)


def ticket(grants: dict[UUID | None, set[str]] | None = None) -> live.Ticket:
    found = live.ticket_for(actor(grants or {HERE: {"visits.view"}}), session_key="s1", origin=PAGE)
    assert found is not None
    return found


def test_a_ticket_covers_what_its_holder_may_see_and_nothing_else():
    mine = live.read(ticket({HERE: {"visits.view"}, EVERYWHERE: {"stock.view"}}).signed())
    assert mine.topics == {"visits": (str(HERE),), "stock": None}
    assert mine.covers("visits", str(HERE))
    assert not mine.covers("visits", str(THERE))
    assert mine.covers("stock", str(THERE))
    assert not mine.covers("payroll", str(HERE))


def test_whoever_may_see_nothing_gets_no_ticket():
    assert live.ticket_for(actor({HERE: {"patients.read"}}), session_key="s1", origin=PAGE) is None
    assert live.ticket_for(actor({HERE: {"visits.view"}}), session_key="", origin=PAGE) is None


def test_a_ticket_does_not_give_the_session_away():
    assert "s1" not in json.dumps(signing.loads(ticket().signed(), salt=SALT))


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "nonsense",
        lambda good: good[:-1] + ("A" if good[-1] != "A" else "B"),
        lambda good: "A" + good[1:],
        lambda good: signing.dumps(signing.loads(good, salt=SALT), salt="another"),
        lambda good: signing.dumps(signing.loads(good, salt=SALT), salt=SALT, key="not the clinic's"),
        lambda good: signing.dumps(["short"], salt=SALT),
    ],
)
def test_a_forged_ticket_is_refused(forged):
    text = forged(ticket().signed()) if callable(forged) else forged
    with pytest.raises(live.TicketRefused):
        live.read(text)


def test_an_old_ticket_is_refused():
    with pytest.raises(live.TicketRefused, match="too old"):
        live.read(replace(ticket(), expires_at=time.time() - 1).signed())


def said(organization: UUID = ORGANIZATION, place: UUID | None = HERE, topic: str = "visits") -> str:
    return json.dumps({"organization": str(organization), "topic": topic, "place": place and str(place), "day": None})


def heard(stream: live.Stream) -> list[dict[str, str]]:
    return [stream.queue.get_nowait().told() for _ in range(stream.queue.qsize())]


def test_only_those_are_told_who_may_know():
    hub = live.Hub()
    mine, everywhere = live.Stream(ticket()), live.Stream(ticket({EVERYWHERE: {"visits.view"}}))
    narrowed = live.Stream(ticket({EVERYWHERE: {"visits.view"}}), place=str(THERE))
    for stream in (mine, everywhere, narrowed):
        hub.join(stream)
    for payload in (said(), said(place=THERE), said(organization=uuid7()), said(topic="stock"), "no json"):
        hub.hear(payload)
    at_here, at_there = ({"topic": "visits", "place": str(place)} for place in (HERE, THERE))
    assert heard(mine) == [at_here]
    assert heard(everywhere) == [at_here, at_there]
    assert heard(narrowed) == [at_there]


def test_a_screen_that_does_not_keep_up_is_ended_and_the_others_are_not():
    hub = live.Hub()
    slow, quick = live.Stream(ticket()), live.Stream(ticket())
    hub.join(slow)
    hub.join(quick)
    for _ in range(WAITING + 1):
        hub.hear(said())
        heard(quick)
    assert (slow.over.is_set(), slow.why) == (True, "slow")
    assert not quick.over.is_set()


def test_whoever_comes_back_is_told_that_something_was_missed_only_if_it_was():
    hub = live.Hub()
    before = hub.number
    nothing_missed = live.Stream(ticket())
    hub.join(nothing_missed, heard=before)
    assert heard(nothing_missed) == []
    hub.hear(said())
    missed, fresh = live.Stream(ticket()), live.Stream(ticket())
    hub.join(missed, heard=before)
    hub.join(fresh)
    assert heard(missed) == [{"topic": "*"}]
    assert heard(fresh) == []


def test_after_a_gap_everybody_is_told():
    hub, stream = live.Hub(), live.Stream(ticket())
    hub.join(stream)
    hub.missed()
    assert heard(stream) == [{"topic": "*"}]


def test_a_session_that_ends_takes_its_streams_with_it():
    hub = live.Hub()
    mine = live.Stream(ticket())
    other = live.Stream(live.ticket_for(actor({HERE: {"visits.view"}}), session_key="s2", origin=PAGE))
    hub.join(mine)
    hub.join(other)
    hub.hear(json.dumps({"over": live.mark_of("s1")}))
    assert (mine.why, other.why) == ("signed out", "")


def test_nothing_waits_for_a_screen():
    """Two hundred screens that read nothing are told in a few milliseconds, and the two hundred and first hears."""

    async def run() -> float:
        hub = live.Hub()
        for _ in range(200):
            hub.join(live.Stream(ticket()))
        reader = live.Stream(ticket())
        hub.join(reader)
        started = time.perf_counter()
        hub.hear(said())
        await asyncio.wait_for(reader.queue.get(), 1)
        return time.perf_counter() - started

    assert asyncio.run(run()) < 0.5


class TestAnnounces:
    def test_only_the_named_columns_are_news(self):
        rule = live.Announces(name="n", topic="t", columns=("status", "doctor_id"))
        assert "IF (NEW.status, NEW.doctor_id) IS NOT DISTINCT FROM (OLD.status, OLD.doctor_id)" in rule.make("x")

    def test_a_migration_writes_it_as_it_is_declared(self):
        rule = live.Announces(name="n", topic="t", place="{row}.branch_id", columns=("status",))
        _, args, kwargs = rule.deconstruct()
        assert live.Announces(*args, **kwargs) == rule
