"""The board: whose turn it is, how long people wait, who is called, and what the waiting room is told."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from kalon.consultations import actions as consultations
from kalon.consultations import queries as encounters
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, NotFound, NotPermitted
from kalon.kernel.ids import uuid7
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, queries
from kalon.scheduling.models import Call, Screen
from kalon.scheduling.rules import queue as rules
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, Clinic, _patient
from kalon.scheduling.tests.test_pages import signed_in, statements

TEN = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)  # ten in Kochi
MINUTE = timedelta(minutes=1)


def waiting(starts: int, arrived: int, *, priority: str = "NORMAL", doctor: UUID | None = None) -> rules.Waiting:
    """Somebody whose visit begins, and who arrived, so many minutes after ten."""
    at = (TEN + starts * MINUTE, TEN + arrived * MINUTE)
    return rules.Waiting(uuid7(), doctor, priority, at[0], timedelta(minutes=30), at[1])


class TestTurns:
    def test_in_time_counts_by_the_visit_and_late_by_the_arrival(self) -> None:
        early = waiting(30, -20)  # came long before their time
        punctual = waiting(0, 4)
        late = waiting(-30, 10)  # was due half an hour ago, came just now
        order = [turn.waiting for turn in rules.turns([early, late, punctual], busy_for={})]
        assert order == [punctual, late, early]

    def test_the_urgent_go_first_whenever_they_came(self) -> None:
        normal, urgent = waiting(0, -5), waiting(30, 25, priority="URGENT")
        emergency = waiting(60, 26, priority="EMERGENCY")
        assert [t.waiting for t in rules.turns([normal, urgent, emergency], busy_for={})] == [emergency, urgent, normal]

    def test_each_doctor_has_a_line_and_a_next(self) -> None:
        one, other = uuid7(), uuid7()
        mine, yours, mine_too = waiting(0, 0, doctor=one), waiting(10, 0, doctor=other), waiting(20, 0, doctor=one)
        found = {turn.waiting: turn for turn in rules.turns([mine_too, yours, mine], busy_for={one: 10 * MINUTE})}
        assert [found[w].is_next for w in (mine, yours, mine_too)] == [True, True, False]
        assert [found[w].about for w in (mine, yours, mine_too)] == [10 * MINUTE, timedelta(), 40 * MINUTE]

    def test_the_house_is_late_by_who_came_in_time_and_is_next(self) -> None:
        punctual, came_late = waiting(0, 0), waiting(-60, 0, doctor=uuid7())
        turns = rules.turns([punctual, came_late], busy_for={None: 5 * MINUTE})
        assert rules.behind(turns, TEN + 12 * MINUTE) == 20 * MINUTE
        assert rules.behind(turns, TEN) == timedelta()

    @pytest.mark.parametrize(("minutes", "tone"), [(0, "mute"), (14, "mute"), (15, "gold"), (29, "gold"), (30, "rose")])
    def test_a_long_wait_is_seen(self, minutes: int, tone: str) -> None:
        assert rules.wait_tone(minutes * MINUTE) == tone


@pytest.fixture
def here(clinic: Clinic) -> Any:
    """Two visits of this morning at one doctor; at ten both patients are here."""
    first, second = clinic.booked("10:00"), clinic.booked("10:30", patient_id=clinic.other_patient.pk)
    with clock.at(TEN - 20 * MINUTE):
        actions.check_in(second.pk, by=clinic.desk)
    with clock.at(TEN - 5 * MINUTE):
        actions.check_in(first.pk, by=clinic.desk)
    return SimpleNamespace(first=first, second=second)


def board(clinic: Clinic, *, by: Actor | None = None) -> dict[UUID, queries.Standing]:
    with acting_as(by or clinic.desk):
        found = queries.board(clinic.branch.pk, TUESDAY, seen_by=by or clinic.desk)
    return {one.visit.pk: one for one in found.standings}


def test_a_day_from_expected_to_done(clinic: Clinic) -> None:
    visit = clinic.booked("10:00")

    def column() -> str:
        return board(clinic)[visit.pk].column

    seen = [column()]
    with clock.at(TEN):
        actions.check_in(visit.pk, by=clinic.desk)
        seen.append(column())
        with acting_as(clinic.system):
            encounter = encounters.of_appointment(visit.pk, seen_by=clinic.system)
        consultations.start_triage(encounter.pk, by=clinic.owner)
        seen.append(column())
        actions.start(visit.pk, by=clinic.doctor_actor)
        seen.append(column())
    assert seen == ["expected", "arrived", "triage", "with-doctor"]


def test_who_is_done_stands_with_the_newest_first(clinic: Clinic) -> None:
    visits = [
        clinic.booked("10:00", kind="SURGERY"),
        clinic.booked("10:30", kind="SURGERY", patient_id=clinic.other_patient.pk),
    ]
    for n, visit in enumerate(visits):
        with clock.at(TEN + n * MINUTE):
            for verb in (actions.check_in, actions.start, actions.complete):
                verb(visit.pk, by=clinic.owner)
    with clock.at(TEN + 5 * MINUTE), acting_as(clinic.desk):
        done = queries.board(clinic.branch.pk, TUESDAY, seen_by=clinic.desk).column("done")
    assert [one.visit.pk for one in done] == [visits[1].pk, visits[0].pk]


def test_the_wait_is_counted_from_the_arrival_also_after_a_slip(clinic: Clinic, here: Any) -> None:
    with clock.at(TEN):
        actions.start(here.first.pk, by=clinic.doctor_actor)
    with clock.at(TEN + 5 * MINUTE):
        actions.undo_start(here.first.pk, "The wrong patient", by=clinic.doctor_actor)
        standing = board(clinic)[here.first.pk]
    assert standing.waited == 10 * MINUTE


def test_who_is_next(clinic: Clinic, here: Any) -> None:
    with clock.at(TEN):
        found = board(clinic)
        assert [found[v.pk].is_next for v in (here.first, here.second)] == [True, False]
        actions.amend(here.second.pk, priority="URGENT", by=clinic.desk)
        assert board(clinic)[here.second.pk].is_next


class TestCalling:
    def test_a_call_stands_on_the_board_and_is_never_changed(self, clinic: Clinic, here: Any) -> None:
        with clock.at(TEN):
            actions.call_in(here.first.pk, clinic.room.pk, by=clinic.doctor_actor)
            call = board(clinic)[here.first.pk].called
        assert call is not None and (call.room, call.called_at) == (clinic.room, TEN)
        with acting_as(clinic.system), pytest.raises(DatabaseError), transaction.atomic():
            Call.objects.filter(pk=call.pk).update(called_at=TEN)

    def test_only_who_waits_is_called(self, clinic: Clinic) -> None:
        visit = clinic.booked("10:00")
        with pytest.raises(IllegalMove, match="Only somebody who waits"):
            actions.call_in(visit.pk, by=clinic.desk)
        assert _calls(clinic) == 0

    def test_whoever_has_no_right_calls_nobody(self, clinic: Clinic, here: Any) -> None:
        with pytest.raises(NotPermitted):
            actions.call_in(here.first.pk, by=clinic.nobody)
        assert _calls(clinic) == 0

    def test_a_patient_does_not_even_read_calls(self, clinic: Clinic, here: Any) -> None:
        actions.call_in(here.first.pk, by=clinic.desk)
        with acting_as(clinic.patient_actor()), pytest.raises(DatabaseError), transaction.atomic():
            Call.objects.count()


def _calls(clinic: Clinic) -> int:
    with acting_as(clinic.system):
        return Call.objects.count()


class TestThePage:
    def test_it_takes_the_same_statements_for_1_and_30_visits(self, clinic: Clinic) -> None:
        desk, path = signed_in(clinic.desk), "/appointments/queue"
        with clock.at(EIGHT + timedelta(hours=1)):
            actions.check_in(clinic.booked("09:00", service_id=clinic.review.pk).pk, by=clinic.desk)
            desk.get(path)
            one = statements(desk, path)
            with acting_as(clinic.system):
                patients = [_patient(clinic.system, f"SK-0004{n:02d}", f"Given{n} Family{n}") for n in range(29)]
            for n, patient in enumerate(patients):
                hour, quarter = divmod(n + 1, 4)
                visit = clinic.booked(
                    f"{9 + hour:02d}:{quarter * 15:02d}", patient_id=patient.pk, service_id=clinic.review.pk,
                    kind="EMERGENCY", doctor_id=(clinic.doctor if n % 2 else clinic.other_doctor).pk,
                )  # fmt: skip
                if n % 3:
                    actions.check_in(visit.pk, by=clinic.desk)
                if n % 3 == 1:
                    actions.call_in(visit.pk, by=clinic.desk)
            assert statements(desk, path) == one
        assert one < 41  # two of them are the work list of plans; three more the menu's counts of money that waits

    def test_names_are_hidden_where_people_look_over_the_shoulder(self, clinic: Clinic, here: Any) -> None:
        desk = signed_in(clinic.desk)
        with clock.at(TEN):
            assert "Ananya Iyer" in desk.get("/appointments/queue").content.decode()
            desk.post("/day/names", {"next": "/appointments/queue"})
            page = desk.get("/appointments/queue").content.decode()
        assert "Ananya" not in page
        assert "A. I." in page

    def test_a_tap_calls(self, clinic: Clinic, here: Any) -> None:
        desk = signed_in(clinic.desk)
        with clock.at(TEN):
            answer = desk.post(f"/appointments/{here.first.pk}/call", headers={"HX-Request": "true"})
            assert answer.status_code == 204
            assert "Called 10:00" in desk.get("/appointments/queue").content.decode()


class TestTheWaitingRoom:
    @pytest.fixture
    def word(self, clinic: Clinic) -> str:
        with clock.at(TEN):
            return actions.open_screen(clinic.branch.pk, "WAITING", by=clinic.owner)[1]

    def test_numbers_and_rooms_and_never_a_name(self, clinic: Clinic, here: Any, word: str) -> None:
        with clock.at(TEN):
            actions.call_in(here.first.pk, clinic.room.pk, by=clinic.doctor_actor)
            page = Client().get(f"/waiting/{word}").content.decode()
        assert here.first.number[:4] in page
        assert here.second.number[:4] in page
        assert "Laser room" in page
        for secret in ("Ananya", "Iyer", "Arjun", "Rao", clinic.patient.mrn, here.first.number, str(here.first.pk)):
            assert secret not in page

    def test_a_call_is_shown_until_they_have_had_time_to_read_it(self, clinic: Clinic, here: Any, word: str) -> None:
        def called() -> bool:
            return "Please come in" in Client().get(f"/waiting/{word}").content.decode()

        with clock.at(TEN):
            assert not called()
            actions.call_in(here.first.pk, by=clinic.desk)
            assert called()
            actions.start(here.first.pk, by=clinic.doctor_actor)
            assert called()
        with clock.at(TEN + 3 * MINUTE):
            assert not called()

    def test_a_screen_that_was_ended_shows_nothing(self, clinic: Clinic, word: str) -> None:
        with acting_as(clinic.owner):
            screen = queries.screens(seen_by=clinic.owner).get()
        actions.close_screen(screen.pk, by=clinic.owner)
        assert Client().get(f"/waiting/{word}").status_code == 404
        assert Client().get(f"/waiting/{word}/ticket").status_code == 404
        with pytest.raises(IllegalMove):
            actions.close_screen(screen.pk, by=clinic.owner)

    def test_a_screen_of_the_door_is_not_one_of_the_waiting_room(self, clinic: Clinic, word: str) -> None:
        assert Client().get(f"/door/{word}").status_code == 404
        assert Client().get("/waiting/guess").status_code == 404

    def test_who_may_not_open_a_screen_opens_none(self, clinic: Clinic, word: str) -> None:
        for verb in (
            lambda: actions.open_screen(clinic.branch.pk, "DOOR", by=clinic.desk),
            lambda: actions.close_screen(_screen(clinic).pk, by=clinic.desk),
        ):
            with pytest.raises(NotPermitted):
                verb()
        assert _screen(clinic).closed_at is None

    def test_the_word_of_the_link_is_not_kept(self, clinic: Clinic, word: str) -> None:
        with acting_as(clinic.system), connection.cursor() as cursor:
            cursor.execute("SELECT scheduling_screen::text FROM scheduling_screen")
            assert word not in str(cursor.fetchall())

    def test_the_owner_opens_one_and_ends_it(self, clinic: Clinic) -> None:
        owner = signed_in(clinic.owner)
        page = owner.post("/screens", {"branch": str(clinic.branch.pk), "kind": "WAITING", "name": "Hall"})
        link = page.context["link"]
        assert link in page.content.decode()
        assert link not in owner.get("/screens").content.decode()  # shown this once
        assert Client().get(link.removeprefix("http://testserver")).status_code == 200
        assert owner.post(f"/screens/{_screen(clinic).pk}/end").status_code == 303
        assert Client().get(link.removeprefix("http://testserver")).status_code == 404

    def test_a_kind_that_does_not_exist(self, clinic: Clinic) -> None:
        assert signed_in(clinic.owner).post("/screens", {"branch": str(uuid7()), "kind": "X"}).status_code == 422
        with pytest.raises(NotFound), acting_as(clinic.owner):
            queries.screen(uuid7(), seen_by=clinic.owner)


def _screen(clinic: Clinic) -> Screen:
    with acting_as(clinic.system):
        return Screen.objects.get()
