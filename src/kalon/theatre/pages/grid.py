"""The theatres' calendar as it is drawn: hours down, theatres or days across; each piece by its minutes of the day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from kalon.theatre.lifecycles import CaseStatus, ReservationStatus
from kalon.theatre.pages.looks import LOOKS
from kalon.theatre.queries.rooms import Column, Entry

DAY = 24 * 60
BEFORE = ("is-mute", "spray-can", "", "Set-up")
AFTER = ("is-mute", "spray-can", "", "Turnover")
BLOCK = ("is-mute", "lock", "", "Blocked")
HELD: dict[str, tuple[str, str, str, str]] = {
    ReservationStatus.TENTATIVE: ("is-gold", "calendar-clock", "hold", "Tentative"),
    ReservationStatus.FIRM: ("is-ok", "calendar-check", "", "Firm"),
}
PAST = (CaseStatus.COMPLETED, CaseStatus.ABORTED)
OTHER = ("is-mute", "calendar", "", "")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a lane: where it begins and how long it takes in minutes, how it looks, and where it leads."""

    at: int
    long: int
    look: tuple[str, str, str, str]
    entry: Entry | None = None
    page: str = ""
    move: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One theatre on one day."""

    column: Column
    pieces: list[Piece]
    around: list[Piece]
    closed: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Grid:
    """What is drawn, from one whole hour to another."""

    lanes: list[Lane]
    first: int
    last: int

    @property
    def hours(self) -> list[tuple[int, str]]:
        return [(hour * 60, f"{hour:02}:00") for hour in range(self.first, self.last)]


def grid(branch: Any, columns: Sequence[Column], *, may_move: bool) -> Grid:
    """The lanes with all that is open or kept, and whole hours around it."""
    opens, closes = (_minutes(at) for at in (branch.opens_at, branch.closes_at))
    drawn = [(column, [_piece(one, column.day, may_move=may_move) for one in column.entries]) for column in columns]
    around = [list(_around(pieces)) for _column, pieces in drawn]
    kept = [one for (_column, pieces), more in zip(drawn, around, strict=True) for one in (*_whose(pieces), *more)]
    first = min([opens, *(one.at for one in kept)]) // 60
    last = -(-max([closes, *(one.at + one.long for one in kept)]) // 60)
    closed = [(first * 60, opens - first * 60), (closes, last * 60 - closes)]
    shut = [(at, long) for at, long in closed if long > 0]
    frame = (first * 60, last * 60)
    lanes = [
        Lane(column, [_within(one, frame) for one in pieces], more, shut)
        for (column, pieces), more in zip(drawn, around, strict=True)
    ]
    return Grid(lanes, first, last)


def _piece(one: Entry, day: date, *, may_move: bool) -> Piece:
    at, end = _on(one.start, day), _on(one.end, day)
    page, move = "", ""
    if one.case and (one.reservation is None or one.case.status != CaseStatus.SCHEDULED):
        page = reverse("theatre:case", args=[one.case.pk])
    elif one.reservation:
        page = reverse("theatre:reservation", args=[one.reservation.pk])
        if may_move and one.reservation.status in HELD:
            move = reverse("theatre:move_reservation", args=[one.reservation.pk])
    return Piece(at, max(end - at, 5), _look(one), one, page, move)


def _look(one: Entry) -> tuple[str, str, str, str]:
    if one.case and (one.reservation is None or one.case.status != CaseStatus.SCHEDULED):
        tone, icon, style = LOOKS[one.case.status]
        word = one.case.get_status_display() if one.reservation else f"{one.word}: {one.case.get_status_display()}"
        return f"is-{tone}", icon if one.reservation else "siren", "past" if one.case.status in PAST else style, word
    if one.reservation:
        return HELD.get(one.reservation.status, OTHER)
    tone, icon, style, _word = OTHER if one.visit else BLOCK
    return tone, icon, style, one.word


def _around(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The minutes in which the theatre is prepared for a surgery and made ready after it."""
    for one in pieces:
        if one.entry and one.entry.before:
            at = max(one.at - one.entry.before, 0)
            yield Piece(at, one.at - at, BEFORE)
        if one.entry and one.entry.after:
            at = one.at + one.long
            yield Piece(at, min(one.entry.after, DAY - at), AFTER)


def _whose(pieces: Sequence[Piece]) -> list[Piece]:
    """Those of somebody: a block of a whole day makes no day longer."""
    return [one for one in pieces if one.entry and one.entry.patient]


def _within(one: Piece, frame: tuple[int, int]) -> Piece:
    """A block begins and ends with what is drawn of the day."""
    at, end = max(one.at, frame[0]), min(one.at + one.long, frame[1])
    return Piece(at, max(end - at, 0), one.look, one.entry, one.page, one.move)


def _on(at: datetime, day: date) -> int:
    """Minutes from the day's midnight, within the day."""
    if at.date() != day:
        return 0 if at.date() < day else DAY
    return _minutes(at)


def _minutes(at: Any) -> int:
    return int(at.hour * 60 + at.minute)
