"""A treatment with an accepted quote over 42,480, and agreements to pay it in parts."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps

from kalon.billing import actions as billing
from kalon.installments import actions, queries
from kalon.installments.models import Installment, PaymentPlan
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.plans.tests.told import approved
from kalon.quotes.lifecycles import QUOTE

TODAY = date(2026, 11, 24)
MONTH = date(2026, 12, 24)
TOTAL = Decimal("42480.00")


@dataclass(frozen=True)
class Accepted:
    """An accepted quote and everybody around it."""

    visit: Any
    quote: Any

    @property
    def by(self) -> Actor:
        return self.visit.clinic.owner

    @property
    def system(self) -> Actor:
        return self.visit.clinic.system

    def agree(self, down: str = "14160", count: int = 2, *, first: date = MONTH, **more: Any) -> PaymentPlan:
        """Pay in parts: the quote of the design in three."""
        asked: dict[str, Any] = {"frequency": "MONTHLY", "key": "", "by": self.by, **more}
        return actions.make_plan(self.quote.pk, down_payment=Decimal(down), count=count, first_date=first, **asked)

    def advance(self, amount: str, method: str = "UPI") -> Any:
        """Money for the treatment, from wherever."""
        return billing.receive_advance(
            self.quote.patient_id, self.quote.branch_id, method, Decimal(amount), plan_id=self.quote.plan_id, by=self.by
        )

    def bill(self, amount: str = "42480") -> Any:
        """The treatment's bill, finalised."""
        bill = billing.draft_bill(self.quote.patient_id, self.quote.branch_id, by=self.system)
        line = billing.LineDetails(description="Laser", unit_price=Decimal(amount), plan_id=self.quote.plan_id)
        billing.add_line(bill.pk, line, by=self.system)
        return billing.finalize(bill.pk, by=self.system)

    def now(self, agreement: PaymentPlan) -> PaymentPlan:
        with acting_as(self.system):
            return queries.payment_plan(agreement.pk, seen_by=self.system)

    def parts(self, agreement: PaymentPlan) -> list[Installment]:
        with acting_as(self.system):
            return queries.parts_of(agreement)

    def stand(self, agreement: PaymentPlan) -> list[tuple[str, str]]:
        """Each part: its status and what of it is paid, in whole rupees."""
        return [(str(part.status), f"{part.paid:.0f}") for part in self.parts(agreement)]


def accepted_quote(visit: Any, *, total: Decimal = TOTAL, deposit: Decimal = Decimal(0)) -> Any:
    """A quote written, sent, signed and accepted, as its tables ask for it."""
    plan, by = approved(visit), visit.clinic.system
    made = {name: apps.get_model("quotes", name) for name in ("Quote", "QuoteOption", "QuoteLine", "Acceptance")}
    with acting_as(by):
        theirs = {"organization_id": plan.organization_id, "patient_id": plan.patient_id}
        quote = QUOTE.born(
            made["Quote"](
                plan=plan, branch=plan.branch, currency="INR", valid_until=clock.now().date() + timedelta(days=30),
                deposit_amount=deposit, **theirs,
            )
        )  # fmt: skip
        option = made["QuoteOption"](quote=quote, position=1, title="Laser, 4 sessions", **theirs)
        option.save(force_insert=True)
        made["QuoteLine"](
            quote=quote, option=option, position=1, section="PROCEDURE", description="Laser", unit_price=total,
            taxable=total, total=total, **theirs,
        ).save(force_insert=True)  # fmt: skip
        serial = int(uuid4()) % 10**6
        QUOTE.move(quote, "send", by=by, number=f"Q-2026-{serial}", serial=serial, year=2026, sent_at=clock.now(),
                   content_sha256="a" * 64)  # fmt: skip
        made["Acceptance"](
            quote=quote, option=option, name="Ananya Iyer", method="TYPED", account="", place="", signed_at=clock.now(),
            content_sha256="a" * 64, **theirs,
        ).save(force_insert=True)  # fmt: skip
        QUOTE.move(quote, "accept", by=by, chosen_option_id=option.pk)
        return made["Quote"].objects.select_related("patient", "branch", "plan").get(pk=quote.pk)


@pytest.fixture
def accepted(visit: Any) -> Accepted:
    return Accepted(visit, accepted_quote(visit))
