"""The verbs of this context: the only writers of its tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kalon.consultations import queries as consultations
from kalon.consultations.lifecycles import Status as Encounter
from kalon.documents import queries as documents
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.orders import queries, rules
from kalon.orders.events import OrderCancelled, Ordered, Resulted, Reviewed
from kalon.orders.lifecycles import LIFE, ORDER, RESULT, REVIEW, Status
from kalon.orders.models import ABNORMAL, Answer, Kind, Order, OrderedTest, Result, Review, Urgency
from kalon.patients import queries as patients

__all__ = ["Answered", "Wish", "cancel", "collect", "correct_result", "order", "read", "review", "write_results"]

MOST_TESTS, OF_AGE = 60, 18
TAKEN = Clash("Somebody wrote this result down meanwhile. Look at it, and correct it if it is wrong.")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is asked for: tests by their code, and others by name (answered in words)."""

    kind: str = Kind.LAB
    codes: Sequence[str] = ()
    others: Sequence[str] = ()
    question: str = ""
    laboratory: str = ""
    urgency: str = Urgency.ROUTINE


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A value of one test as it was typed; `low` and `high` where the laboratory gave a range of its own."""

    test_id: UUID
    value: str
    low: str = ""
    high: str = ""


@verb
def order(consultation_id: UUID, wish: Wish, *, by: Actor) -> Order:
    """Ask for laboratory or imaging examinations from a consultation."""
    by.must(ORDER, do="order examinations")
    consultation = consultations.consultation(consultation_id, seen_by=by)
    if consultation.status == Encounter.CANCELLED:
        raise IllegalMove("This consultation was cancelled. Order from another one of this patient.")
    tests = _tests(wish, consultation.patient)
    told: dict[str, Any] = {"question": rules.line(wish.question, most=500, field="question")}
    made = Order(
        organization_id=consultation.organization_id,
        patient=consultation.patient,
        consultation_id=consultation.pk,
        branch_id=consultation.branch_id,
        kind=wish.kind,
        urgency=wish.urgency,
        laboratory=rules.line(wish.laboratory, most=120, field="laboratory"),
        ordered_by=by.name,
        created_at=clock.now(),
        **told,
    )
    LIFE.born(made, name="order")
    for position, test in enumerate(tests, start=1):
        test.order, test.position = made, position
        test.organization_id, test.patient_id = made.organization_id, made.patient_id
    OrderedTest.objects.bulk_create(tests)
    announce(Ordered(made.pk, made.patient_id, made.organization_id, by))
    return made


@verb
def collect(pk: UUID, *, by: Actor) -> Order:
    """Write down that the sample was taken, or that the patient was sent for the picture."""
    found = queries.order(pk, seen_by=by, locked=True)
    LIFE.move(found, "collect", by=by, collected_at=clock.now(), collected_by=by.name)
    return found


@verb
def write_results(pk: UUID, values: Sequence[Answered] = (), document_id: UUID | None = None, *, by: Actor) -> Order:
    """Write down what came back: values, the report as a file, or both.

    When every test has a value, or the report itself is here, the order waits for review; until then it is under way.
    """
    by.must(RESULT, do="write results down")
    found = queries.order(pk, seen_by=by, locked=True)
    if found.status == Status.ORDERED:
        LIFE.move(found, "collect", by=by, collected_at=clock.now(), collected_by=by.name)
    if found.status not in (Status.COLLECTED, Status.RESULTED):
        raise IllegalMove(f"This order is {found.get_status_display().lower()}. Correct a single result instead.")
    if not values and document_id is None:
        raise Invalid("Write at least one result, or choose the report.", field="document")
    tests = {test.pk: test for test in OrderedTest.objects.filter(order=found)}
    made = [_result(found, tests, one, by=by) for one in values]
    if document_id is not None:
        made.append(_file(found, document_id, by=by))
    with refusing({"orders_result_once": TAKEN}):
        for row in made:
            row.save(force_insert=True)
    _answered(found, len(tests), by=by)
    audit.note(by, audit.Kind.CHANGE, found, purpose="results written down", facts={"count": len(made)})
    _tell(found, made, by=by)
    return found


@verb
def correct_result(pk: UUID, result_id: UUID, value: Answered, reason: str, *, by: Actor) -> Order:
    """Put a wrong value right: the old one stays and is named by the new, which waits for a look of its own."""
    by.must(RESULT, do="correct results")
    found = queries.order(pk, seen_by=by, locked=True)
    reason = rules.line(reason, most=300, field="reason")
    if not reason:
        raise Invalid("Write why the result is corrected.", field="reason")
    old = Result.objects.filter(order=found, pk=result_id, test_id=value.test_id).first()
    if old is None:
        raise NotFound("There is no such result in this order. Reload the page.")
    tests = {test.pk: test for test in OrderedTest.objects.filter(order=found)}
    row = _result(found, tests, value, by=by)
    told: dict[str, Any] = {"reason": reason, "replaces": old}
    for name, held in told.items():
        setattr(row, name, held)
    with refusing({"orders_result_replaces_id_key": TAKEN, "orders_result_in_time": _too_early}):
        row.save(force_insert=True)
    found.answered_at = clock.now()
    found.save(update_fields=["answered_at"])
    audit.note(by, audit.Kind.CHANGE, found, purpose="result corrected")
    _tell(found, [row], by=by)
    return found


@verb
def review(pk: UUID, note: str = "", *, by: Actor) -> Order:
    """Say that the results were looked at, and what follows; a correction that came later is looked at again."""
    by.must(REVIEW, do="review results")
    found = queries.order(pk, seen_by=by, locked=True)
    note = rules.line(note, most=2000, field="note")
    now = clock.now()
    if found.status == Status.REVIEWED:
        if not found.waits_for_review:
            raise IllegalMove(f"{found.reviewed_by} has reviewed these results already.")
        found.reviewed_at, found.reviewed_by = now, by.name
        found.save(update_fields=["reviewed_at", "reviewed_by"])
    else:
        LIFE.move(found, "review", by=by, reviewed_at=now, reviewed_by=by.name)
    told: dict[str, Any] = {"note": note}
    Review(
        organization_id=found.organization_id, patient=found.patient, order=found, reviewed_by=by.name, created_at=now,
        **told,
    ).save(force_insert=True)  # fmt: skip
    announce(Reviewed(found.pk, found.patient_id, found.organization_id, by))
    return found


@verb
def cancel(pk: UUID, reason: str, *, by: Actor) -> Order:
    """Say that an order is not carried out, and why."""
    found = queries.order(pk, seen_by=by, locked=True)
    LIFE.move(found, "cancel", by=by, reason=reason)
    announce(OrderCancelled(found.pk, found.patient_id, found.organization_id, by))
    return found


@verb
def read(pk: UUID, *, purpose: str, by: Actor) -> Order:
    """An order about to be shown with its results, with the read in the log."""
    rows = queries.with_lines(queries.orders(seen_by=by).filter(pk=pk))
    found = rows.first()
    if found is None:
        raise NotFound("There is no such order.")
    audit.read(by, found, purpose=purpose)
    return found


def _tests(wish: Wish, patient: Any) -> list[OrderedTest]:
    if wish.kind not in Kind.values:
        raise Invalid("Choose laboratory or imaging.", field="kind")
    if wish.urgency not in Urgency.values:
        raise Invalid("Choose how urgent it is.", field="urgency")
    codes = list(dict.fromkeys(wish.codes))
    for code in codes:
        if code not in rules.BY_CODE or rules.BY_CODE[code].kind != wish.kind:
            raise Invalid(f"There is no such test here: {code[:20]}. Write it under “others”.", field="codes")
    others = [text for one in wish.others if (text := rules.line(one, most=120, field="others"))]
    if not codes and not others:
        raise Invalid("Choose at least one test.", field="codes")
    if len(codes) + len(others) > MOST_TESTS:
        raise Invalid(f"An order holds at most {MOST_TESTS} tests. Make two of it.", field="codes")
    age = patients.banner(patient).age
    adult = age is not None and age >= OF_AGE
    return [_of(rules.BY_CODE[code], patient.gender, adult=adult) for code in codes] + [
        OrderedTest(name=name, answer=Answer.WORDS) for name in others
    ]


def _of(known: rules.Known, gender: str, *, adult: bool) -> OrderedTest:
    """The test as it is kept; a child, or somebody of unknown age, is compared with no adult's range."""
    expected = known.range_for(gender) if adult else None
    return OrderedTest(
        code=known.code,
        name=known.name,
        answer=known.answer,
        unit=known.unit,
        low=expected.low if expected else None,
        high=expected.high if expected else None,
        source=known.source,
    )


def _result(found: Order, tests: dict[UUID, OrderedTest], one: Answered, *, by: Actor) -> Result:
    test = tests.get(one.test_id)
    if test is None:
        raise NotFound("There is no such test in this order. Reload the page.")
    field = str(test.pk)
    value = rules.value(one.value, answer=test.answer, field=field)
    low, high = test.low, test.high
    if one.low.strip() or one.high.strip():
        low, high = rules.bound(one.low, field=field), rules.bound(one.high, field=field)
    if low is not None and high is not None and high < low:
        raise Invalid("The range ends before it begins.", field=field)
    flag = rules.flag(value, answer=test.answer, low=low, high=high)
    return _row(found, by=by, test=test, value=value, flag=flag, low=low, high=high)


def _file(found: Order, document_id: UUID, *, by: Actor) -> Result:
    document = documents.document(document_id, seen_by=by)
    if document.patient_id != found.patient_id:
        raise Invalid("This document belongs to another patient.", field="document")
    return _row(found, by=by, document=document)


def _row(found: Order, *, by: Actor, **told: Any) -> Result:
    return Result(
        organization_id=found.organization_id, patient=found.patient, order=found, entered_by=by.name,
        created_at=clock.now(), **told,
    )  # fmt: skip


def _answered(found: Order, tests: int, *, by: Actor) -> None:
    answers = Result.objects.filter(order=found)
    values = answers.filter(test__isnull=False, replaces=None).count()
    is_complete = values >= tests or answers.filter(document__isnull=False).exists()
    if found.status == Status.COLLECTED and is_complete:
        LIFE.move(found, "result", by=by, answered_at=clock.now())
    elif found.status == Status.RESULTED:
        found.answered_at = clock.now()
        found.save(update_fields=["answered_at"])


def _tell(found: Order, made: Sequence[Result], *, by: Actor) -> None:
    abnormal = any(row.flag in ABNORMAL for row in made)
    announce(Resulted(found.pk, found.patient_id, found.organization_id, abnormal, by))


def _too_early() -> IllegalMove:
    return IllegalMove("This order takes no results in the state it is in. Look at it again.")
