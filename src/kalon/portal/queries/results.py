"""What was asked for of the patient: the results that a doctor has looked at, and what is still out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.orders import queries as orders
from kalon.orders.lifecycles import Status
from kalon.portal.rules import AS_EXPECTED, FLAG_WORDS, RESULT_WORDS

NAMED = 3


@dataclass(frozen=True, slots=True)
class Value:
    """One test as its patient reads it."""

    name: str
    value: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    expected: str  # in words
    flag: str
    flag_in_words: str
    was_corrected: bool

    @property
    def is_outside(self) -> bool:
        return self.flag in ("LOW", "HIGH", "ABNORMAL")


@dataclass(frozen=True, slots=True)
class OwnResult:
    """An order of the patient, with what they may know of it now."""

    order: Any
    state: str
    values: Sequence[Value]
    reports: Sequence[Any]

    @classmethod
    def of(cls, order: Any) -> "OwnResult":
        state = _state(order)
        is_ready = state == "READY"
        values = [_value(line, is_ready=is_ready) for line in orders.lines(order)]
        return cls(order, state, values, [one.document for one in orders.files(order)] if is_ready else [])

    @property
    def is_ready(self) -> bool:
        return self.state == "READY"

    @property
    def words(self) -> str:
        return RESULT_WORDS[self.state]

    @property
    def name(self) -> str:
        """The first tests by name, and how many more."""
        names = [value.name for value in self.values]
        more = len(names) - NAMED
        return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")

    @property
    def outside(self) -> int:
        return sum(value.is_outside for value in self.values)


def result(pk: UUID, *, seen_by: Actor) -> OwnResult:
    """One order of the patient who looks, with the read in the log."""
    found = one(orders.own(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such result.")
    audit.read(seen_by, found, purpose="own result")
    return OwnResult.of(found)


def results(*, most: int, seen_by: Actor) -> list[OwnResult]:
    """The newest orders of the patient who looks."""
    return [OwnResult.of(row) for row in orders.own(seen_by=seen_by)[:most]]


def _state(order: Any) -> str:
    if order.status == Status.REVIEWED:
        return "BEING_READ" if order.waits_for_review else "READY"
    return {Status.ORDERED: "ASKED", Status.COLLECTED: "UNDER_WAY"}.get(order.status, "BEING_READ")


def _value(line: Any, *, is_ready: bool) -> Value:
    result = line.result if is_ready else None
    flag = result.flag if result else ""
    low, high = line.expected.low, line.expected.high
    return Value(
        name=line.test.name,
        value=str(result.value) if result else "",
        unit=line.test.unit,
        low=low,
        high=high,
        expected=_expected(low, high, line.test.answer),
        flag=flag,
        flag_in_words=AS_EXPECTED if flag == "NORMAL" and line.test.answer != "NUMBER" else FLAG_WORDS.get(flag, ""),
        was_corrected=bool(result and line.before),
    )


def _expected(low: Decimal | None, high: Decimal | None, answer: str) -> str:
    if low is not None and high is not None:
        return f"{_plain(low)} to {_plain(high)}"
    if low is not None:
        return f"{_plain(low)} or more"
    if high is not None:
        return f"up to {_plain(high)}"
    return "negative" if answer == "SIGN" else ""


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
