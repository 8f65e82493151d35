"""Eight at once: bookings and changes of hours wait for each other, and no visit is left outside unseen."""

from datetime import time
from threading import Barrier, Thread
from typing import Any

from django.db import connection

from kalon.kernel import clock
from kalon.kernel.errors import Clash, Invalid, NotReady, Stale
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, queries
from kalon.scheduling.actions import ScheduleLine
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, open_clinic


def test_no_visit_slips_between_the_look_and_the_change(own_database: str) -> None:
    """Six desks book afternoons while two managers shorten the day: whoever comes second hears of it."""
    clinic = open_clinic()
    times = ["14:00", "14:30", "15:00", "15:30", "16:00", "16:30"]
    ready, booked, refused, changed, asked, failed = Barrier(8), [], [], [], [], []  # type: ignore[var-annotated]

    def act(number: int) -> None:
        try:
            with clock.at(EIGHT):
                ready.wait()
                if number < len(times):
                    _book(times[number])
                else:
                    _shorten()
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            connection.close()

    def _book(at: str) -> None:
        try:
            booked.append(actions.book(clinic.wish(at), by=clinic.desk).pk)
        except (Clash, Invalid):
            refused.append(at)

    def _shorten() -> None:
        week = [ScheduleLine(weekday=1, starts_at=time(9), ends_at=time(12), valid_from=TUESDAY)]
        try:
            actions.set_week(clinic.doctor.pk, clinic.branch.pk, week, first=TUESDAY, weekdays=[1], by=clinic.owner)
            changed.append(True)
        except (NotReady, Stale) as question:
            asked.append(len(question.facts["visits"]))

    threads = [Thread(target=act, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with acting_as(clinic.owner), clock.at(EIGHT):
        outside = queries.stranded(clinic.doctor.pk, clinic.branch.pk, seen_by=clinic.owner)
    assert outside == []
    assert len(booked) + len(refused) == len(times)
    assert (not refused) if asked and not changed else True  # nobody was told no without a reason
    assert not (changed and booked), "the hours were shortened over visits nobody was asked about"
    connection.close()


def test_eight_managers_who_write_the_same_hours_leave_one_week(own_database: str) -> None:
    clinic = open_clinic()
    ready, failed = Barrier(8), []  # type: ignore[var-annotated]

    def act(number: int) -> None:
        end = time(12 + number % 4)
        week = [ScheduleLine(weekday=day, starts_at=time(9), ends_at=end, valid_from=TUESDAY) for day in range(5)]
        try:
            with clock.at(EIGHT):
                ready.wait()
                actions.set_week(clinic.doctor.pk, clinic.branch.pk, week, first=TUESDAY, by=clinic.owner)
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            connection.close()

    threads: list[Any] = [Thread(target=act, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with acting_as(clinic.owner), clock.at(EIGHT):
        lines = queries.week_of(clinic.doctor.pk, clinic.branch.pk, TUESDAY, seen_by=clinic.owner)
    assert [line.weekday for line in lines] == [0, 1, 2, 3, 4]
    assert len({line.ends_at for line in lines}) == 1  # one manager's week, not a mixture
    connection.close()
