"""Quotes: one with all it offers, a plan's versions, the desk's list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.people import queries as people
from kalon.quotes import rules
from kalon.quotes.lifecycles import VIEW, QuoteStatus, Section
from kalon.quotes.models import Acceptance, MoneyWaiver, Question, Quote, QuoteLine, QuoteOption, SelfPayWaiver

WITH = ("patient", "plan", "plan__doctor", "plan__patient", "branch")
SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Offered:
    """One option as it is compared: its lines by the part of the price they belong to."""

    option: QuoteOption
    lines: list[QuoteLine]

    @property
    def sections(self) -> list[tuple[str, list[QuoteLine]]]:
        parts = [(str(part.label), [line for line in self.lines if line.section == part]) for part in Section]
        return [(label, lines) for label, lines in parts if lines]

    @property
    def taxes(self) -> list[tuple[str, Any]]:
        """The patient's tax by its name and rate: ("GST 18%", amount)."""
        sums: dict[str, Any] = {}
        for line in self.lines:
            if line.payer == "PATIENT" and line.tax:
                name = line.tax_note.partition(":")[0].rstrip(".")
                sums[name] = sums.get(name, 0) + line.tax
        return sorted(sums.items())


def quotes(*, seen_by: Actor) -> "QuerySet[Quote]":
    """Every quote the actor may read, newest first: the clinic's, or what a patient was sent."""
    seen_by.must(VIEW, do="read quotes")
    rows = Quote.objects.filter(organization_id=seen_by.organization_id)
    if seen_by.is_patient:
        rows = rows.filter(patient_id__person=seen_by.own_patient_id, sent_at__isnull=False)
    return rows.select_related(*WITH).order_by("-id")


def quote(pk: UUID, *, seen_by: Actor, lock: bool = False) -> Quote:
    """One quote, or a refusal that says nothing of whether it exists."""
    rows = quotes(seen_by=seen_by).filter(pk=pk)
    found = one(rows.select_for_update(of=("self",)) if lock else rows)
    if found is None:
        raise NotFound("There is no such quote.")
    return found


def quotes_of_plan(plan_id: UUID, *, seen_by: Actor) -> "QuerySet[Quote]":
    """A plan's versions, the latest first, each with its options."""
    options = QuoteOption.objects.select_related("patient").order_by("position")
    return quotes(seen_by=seen_by).filter(plan_id=plan_id).order_by("-version").prefetch_related(
        Prefetch("options", queryset=options)
    )  # fmt: skip


def own_quotes(*, seen_by: Actor) -> "QuerySet[Quote]":
    """What a patient was sent, newest first, each with its options."""
    options = QuoteOption.objects.select_related("patient").order_by("position")
    return quotes(seen_by=seen_by).prefetch_related(Prefetch("options", queryset=options))


def to_decide(*, seen_by: Actor) -> "QuerySet[Quote]":
    """What a patient was sent and has not decided while it is open, the first to end first, each with its options."""
    rows = own_quotes(seen_by=seen_by).filter(status=QuoteStatus.SENT, valid_until__gte=_today(seen_by))
    return rows.order_by("valid_until", "id")


def accepted_for(plan_id: UUID, *, seen_by: Actor) -> Quote | None:
    """The accepted quote of a plan that no later version has replaced."""
    rows = quotes(seen_by=seen_by).filter(_about(plan_id), status=QuoteStatus.ACCEPTED, superseded_at=None)
    return one(rows.select_related(*WITH, "chosen_option"))


def quotes_about(plan_id: UUID, *, seen_by: Actor) -> "QuerySet[Quote]":
    """The quotes of a plan and those in which it is offered with others, the latest first, each with its options."""
    options = QuoteOption.objects.select_related("patient").order_by("position")
    return quotes(seen_by=seen_by).filter(_about(plan_id)).prefetch_related(Prefetch("options", queryset=options))


def _about(plan_id: UUID) -> Q:
    """Quotes of a plan, and quotes over several of which one line is for it."""
    return Q(plan_id=plan_id) | Q(pk__in=QuoteLine.objects.filter(plan_id=plan_id).values("quote_id"))


def offered(found: Quote) -> list[Offered]:
    """What a quote offers side by side, in two statements."""
    lines = QuoteLine.objects.select_related("patient").order_by("position")
    options = found.options.select_related("patient").order_by("position")
    return [
        Offered(option, list(option.lines.all()))
        for option in options.prefetch_related(Prefetch("lines", queryset=lines))
    ]


def option(pk: UUID, *, seen_by: Actor) -> QuoteOption:
    """One option of a quote the actor may read."""
    rows = QuoteOption.objects.filter(pk=pk, organization_id=seen_by.organization_id, quote__in=_readable(seen_by))
    found: QuoteOption = _found(one(rows.select_related("patient")), "option")
    return found


def line(pk: UUID, *, seen_by: Actor) -> QuoteLine:
    """One line of a quote the actor may read."""
    rows = QuoteLine.objects.filter(pk=pk, organization_id=seen_by.organization_id, quote__in=_readable(seen_by))
    found: QuoteLine = _found(one(rows.select_related("patient")), "line")
    return found


def listed(state: str, today: date, *, seen_by: Actor) -> "QuerySet[Quote]":
    """The desk's list by what is to be done: drafts, sent, read and waiting, expiring soon, accepted, closed."""
    rows = quotes(seen_by=seen_by).filter(superseded_at=None)
    wanted = {
        "drafts": Q(status=QuoteStatus.DRAFT),
        "sent": Q(status=QuoteStatus.SENT),
        "waiting": Q(status=QuoteStatus.SENT, opened_at__isnull=False),
        "expiring": Q(status=QuoteStatus.SENT, valid_until__lte=today + SOON),
        "asked": Q(questions__answered_at=None, questions__asked_at__isnull=False),
        "accepted": Q(status=QuoteStatus.ACCEPTED),
        "closed": Q(status__in=(QuoteStatus.REJECTED, QuoteStatus.EXPIRED)),
    }.get(state, Q(status__in=(QuoteStatus.DRAFT, QuoteStatus.SENT)))
    options = QuoteOption.objects.order_by("position")
    return rows.filter(wanted).prefetch_related(Prefetch("options", queryset=options))


def counts(today: date, *, seen_by: Actor) -> dict[str, int]:
    """How many there are of each kind, in one statement."""
    sent = Q(status=QuoteStatus.SENT)
    found: dict[str, int] = quotes(seen_by=seen_by).order_by().filter(superseded_at=None).aggregate(
        drafts=Count("id", filter=Q(status=QuoteStatus.DRAFT)),
        sent=Count("id", filter=sent),
        waiting=Count("id", filter=sent & Q(opened_at__isnull=False)),
        expiring=Count("id", filter=sent & Q(valid_until__lte=today + SOON)),
        accepted=Count("id", filter=Q(status=QuoteStatus.ACCEPTED)),
        closed=Count("id", filter=Q(status__in=(QuoteStatus.REJECTED, QuoteStatus.EXPIRED))),
    )  # fmt: skip
    return found


def acceptance_of(found: Quote) -> Acceptance | None:
    """The signature under an accepted quote."""
    return one(Acceptance.objects.filter(quote=found).select_related("patient"))


def questions(found: Quote) -> list[Question]:
    """What the patient asked before deciding, and what was answered."""
    return list(found.questions.select_related("patient").order_by("asked_at"))


def count_questions(*, seen_by: Actor) -> int:
    """How many questions about quotes wait for an answer."""
    return Question.objects.filter(organization_id=seen_by.organization_id, answered_at=None).count()


def waiver_of(plan_id: UUID, *, seen_by: Actor) -> MoneyWaiver | None:
    """That quote and deposit are not asked for, while it stands."""
    rows = MoneyWaiver.objects.filter(organization_id=seen_by.organization_id, plan_id=plan_id, ended_at=None)
    return one(rows.select_related("patient", "waived_by"))


def self_pay_of(plan_id: UUID, *, seen_by: Actor) -> SelfPayWaiver | None:
    """The patient's signed word that they pay a reconstructive plan themselves."""
    rows = SelfPayWaiver.objects.filter(organization_id=seen_by.organization_id, plan_id=plan_id)
    return one(rows.select_related("patient"))


def content_of(found: Quote, options: Iterable[Offered]) -> dict[str, Any]:
    """What a quote says, as plain data: its fingerprint is taken over this, and each signature repeats it."""
    return {
        "plan": str(found.plan_id),
        "version": found.version,
        "currency": found.currency,
        "valid_until": found.valid_until.isoformat(),
        "deposit": [str(found.deposit_percent), str(found.deposit_amount)],
        "words": found.words,
        "options": [
            {
                "id": str(one.option.pk),
                "title": one.option.title,
                "words": one.option.words,
                "total": str(one.option.total),
                "deposit": str(one.option.deposit_due),
                "lines": [
                    [
                        line.section, line.description, str(line.quantity.normalize()), str(line.unit_price),
                        str(line.discount), str(line.tax_percent.normalize()), str(line.total), line.payer,
                    ]
                    for line in one.lines
                ],
            }
            for one in options
        ],
    }  # fmt: skip


def fingerprint_of(found: Quote) -> str:
    """The fingerprint of what a quote says now."""
    return rules.fingerprint(content_of(found, offered(found)))


def _today(seen_by: Actor) -> date:
    return clock.today(people.organization(seen_by=seen_by).timezone)


def _readable(seen_by: Actor) -> "QuerySet[Quote]":
    return quotes(seen_by=seen_by).order_by().values("pk")  # type: ignore[return-value]


def _found(row: Any, noun: str) -> Any:
    if row is None:
        raise NotFound(f"There is no such {noun}.")
    return row


def agreed_lines(quote: Quote) -> list[QuoteLine]:
    """What was accepted, line by line; nothing before that."""
    if quote.chosen_option_id is None:
        return []
    rows = QuoteLine.objects.filter(option_id=quote.chosen_option_id).select_related("plan", "patient")
    return list(rows.order_by("position"))
