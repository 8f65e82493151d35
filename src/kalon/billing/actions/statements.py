"""The statement of a patient's account: on paper, and sent to the patient."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings

from kalon.billing import queries, rules
from kalon.billing.actions.paper import PAPER
from kalon.billing.lifecycles import CHARGE
from kalon.billing.queries.statements import ON_PAPER, Statement
from kalon.billing.rules.words import SYMBOLS
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.people import queries as people
from kalon.web.papers import draw


@verb
def statement_pdf(patient_id: UUID, since: date | None = None, until: date | None = None, *, by: Actor) -> bytes:
    """The statement on A4: every movement of the days, with the balance after each."""
    made = queries.statement(patient_id, since, until, most=ON_PAPER, seen_by=by)
    if made.count > ON_PAPER:
        raise Invalid(f"A paper takes {ON_PAPER} movements. Choose fewer days.", field="from")
    audit.read(by, made.patient, purpose="statement of account")
    return draw(PAPER / "statement.typ", statement_data(made, by=by))


@verb
def send_statement(patient_id: UUID, since: date | None = None, until: date | None = None, *, by: Actor) -> Any:
    """Tell the patient that their statement stands on their own pages; None when there is no way to reach them."""
    by.must(CHARGE, do="send statements")
    made = queries.statement(patient_id, since, until, most=1, seen_by=by)
    return messaging.send(
        "statement-ready",
        to_patient=made.patient,
        data={
            "since": made.since,
            "until": made.until,
            "balance": _said(made),
            "link": f"{settings.KALON_URL.rstrip('/')}/my/statement?from={made.since}&to={made.until}",
        },
        once=f"statement:{made.patient.pk}:{made.since}:{made.until}:{clock.now():%Y%m%d%H%M}",
        by=by,
    )


def statement_data(made: Statement, *, by: Actor) -> dict[str, Any]:
    """What stands on a statement, as plain data."""

    def money(amount: Decimal) -> str:
        return rules.grouped(amount, made.currency)

    branch = people.branch(by.branch_id, seen_by=by) if by.branch_id else people.branches(seen_by=by)[0]
    return {
        **people.letterhead(branch, seen_by=by),
        "symbol": SYMBOLS.get(made.currency, f"{made.currency} "),
        "number": made.patient.mrn,
        "date": f"{_day(made.since)} – {_day(made.until)}",
        "patient": " ".join(part for part in (made.patient.given_name, made.patient.family_name) if part),
        "opening": money(made.opening),
        "closing": money(made.closing),
        "stands": money(made.stands),
        "said": _said(made),
        "lines": [
            {
                "date": _day(line.date),
                "words": line.words,
                "charged": money(line.charged) if line.charged else "",
                "received": money(line.received) if line.received else "",
                "balance": money(line.balance),
            }
            for line in made.lines
        ],
        "on_account": money(made.money.on_account) if made.money.on_account else "",
        "deposits": money(made.money.deposits) if made.money.deposits else "",
        "open": [
            {
                "number": row.bill.number,
                "date": _day(row.bill.bill_date),
                "owed": money(row.owed),
                "days": str(row.days),
            }
            for row in made.open_bills
        ],
    }


def _said(made: Statement) -> str:
    """What the closing balance means, in words."""
    amount = f"{made.currency} {rules.grouped(made.stands, made.currency)}"
    if made.closing > 0:
        return f"{amount} to pay"
    return f"{amount} held for you" if made.closing < 0 else "nothing is owed"


def _day(on: date | None) -> str:
    return f"{on.day} {on:%b %Y}" if on else ""
