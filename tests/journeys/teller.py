"""Money moved in any order: one method for each thing that moves it, and the proof that the books agree after each.

The property test draws the order (`test_money.py`), `./kalon bench money` walks it ten thousand times at random.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db.models import F

from kalon.billing import actions, queries
from kalon.billing.actions.embedded import SIGNATURE, event_body, signature
from kalon.billing.actions.gateways import FAILED, SUCCEEDED
from kalon.billing.lifecycles import OPEN_BILL
from kalon.billing.models import Bill, BillLine, Payment, Refund
from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.money import ZERO, exact
from kalon.kernel.tenancy import acting_as
from kalon.ledger import queries as ledger
from kalon.ledger.models import Posting

METHODS = ("CASH", "CARD", "UPI", "BANK")
REASON = "Because"
WAITING = ("REQUESTED", "APPROVED")  # refunds that somebody has yet to do something about


class Teller:
    """A clinic and what was done in it so far; `a` picks the row, `b` the amount."""

    def __init__(self, clinic: Any) -> None:
        self.clinic, self.by = clinic, clinic.desk
        self.bills: list[Any] = []
        self.payments: list[Any] = []
        self.refunds: list[Any] = []
        self.done: dict[str, int] = {}
        self.refused = 0
        self.seen = 0
        self.bill(0, 1)

    def do(self, move: str, a: int, b: int) -> None:
        """Try one move; a refusal with a sentence is an answer like any other."""
        try:
            MOVES[move](self, a, b)
            self.done[move] = self.done.get(move, 0) + 1
        except DomainError:
            self.refused += 1

    # -- bills

    def bill(self, a: int, b: int) -> None:
        """A finalised bill of one or two lines, some of them with a discount, for an insurer, or earned later."""
        bill = actions.draft_bill(self._patient(a).pk, self.clinic.branch.pk, by=self.by)
        line = actions.LineDetails(
            description="A thing",
            unit_price=Decimal(b) / 100,
            quantity=Decimal(1 + a % 3),
            discount=Decimal(b // 3) / 100 if a % 2 else ZERO,
            discount_reason="Bulk" if a % 2 else "",
            tax_code=("COSMETIC", "", "HEALTHCARE")[a % 3],
            payer="INSURER" if a == 5 else "PATIENT",
            earns=("DEFERRED", "VOUCHERS")[a % 2] if a > 6 else "REVENUE",
        )
        actions.add_line(bill.pk, line, by=self.by)
        if a % 4 == 0:
            actions.add_line(bill.pk, actions.LineDetails(service_id=self.clinic.consultation.pk), by=self.by)
        self.bills.append(actions.finalize(bill.pk, by=self.by))

    def void(self, a: int, b: int) -> None:
        actions.void_bill(self._bill(a).pk, REASON, by=self.by)

    def write_off(self, a: int, b: int) -> None:
        actions.write_off(self._open(a).pk, REASON, by=self.by)

    def release(self, a: int, b: int) -> None:
        actions.release(self._bill(a).pk, REASON, by=self.by)

    def credit(self, a: int, b: int) -> None:
        bill = self._bill(a)
        with acting_as(self.by):
            line = BillLine.objects.filter(bill=bill).order_by("position")[0]
        actions.credit_line(bill.pk, line.pk, Decimal(1 + b % 2), REASON, by=self.by)

    # -- money

    def pay(self, a: int, b: int) -> None:
        """A part, or more than is owed."""
        bill = self._open(a)
        part = Decimal(b) / 100 if b % 9 == 0 else exact(bill.owed * (b % 100) / 100)
        self._kept(actions.take_payment(bill.pk, METHODS[b % 4], part, "", str(uuid4()), by=self.by))

    def pay_all(self, a: int, b: int) -> None:
        bill = self._open(a)
        self._kept(actions.take_payment(bill.pk, METHODS[b % 4], bill.owed, "", str(uuid4()), by=self.by))

    def again(self, a: int, b: int) -> None:
        """The same request once more."""
        before = self._payment(a)
        after = actions.take_payment(before.bill_id, before.method, before.amount, "", before.key, by=self.by)
        assert after.pk == before.pk

    def advance(self, a: int, b: int) -> None:
        self._kept(actions.receive_advance(
            self._patient(a).pk, self.clinic.branch.pk, METHODS[b % 4], Decimal(b) / 100, key=str(uuid4()), by=self.by
        ))  # fmt: skip

    def apply(self, a: int, b: int) -> None:
        bill = self._open(a)
        with acting_as(self.clinic.system):
            held = queries.on_account(bill.patient_id, seen_by=self.clinic.system).first()
        actions.apply_on_account((held if held and b % 5 else self._payment(a)).pk, bill.pk, by=self.by)

    # -- through the gateway

    def start_online(self, a: int, b: int) -> None:
        self._kept(actions.start_online_payment(self._open(a).pk, str(uuid4()), by=self.by))

    def webhook(self, a: int, b: int) -> None:
        """The gateway's word on any payment of its own: first, again, after a refusal, after it expired."""
        payment = self._online(a)
        body = event_body(payment, FAILED if b % 5 == 0 else SUCCEEDED, at=clock.now(), method="upi")
        for _ in range(1 + b % 2):
            actions.receive("embedded", {SIGNATURE: signature(body, payment.organization_id)}, body)
        with acting_as(self.clinic.system):
            known = {payment.pk for payment in self.payments}
            self.payments.extend(Payment.objects.filter(late_for=payment).exclude(pk__in=known))

    # -- money back

    def refund(self, a: int, b: int) -> None:
        """A part of what is on account, or more than there is."""
        payment = self._held(a)
        part = Decimal(b) / 100 if b % 9 == 0 else exact(payment.on_account * (1 + b % 100) / 100)
        self.refunds.append(actions.request_refund(payment.pk, part, REASON, str(uuid4()), by=self.by))

    def pay_back(self, a: int, b: int) -> None:
        """All that is left of a payment goes back, asked for, approved and done."""
        payment = self._held(a)
        refund = actions.request_refund(payment.pk, payment.on_account, REASON, str(uuid4()), by=self.by)
        self.refunds.append(actions.approve_refund(refund.pk, by=self.by))
        actions.refund_done(refund.pk, by=self.by)

    def approve(self, a: int, b: int) -> None:
        actions.approve_refund(self._refund(a).pk, by=self.by)

    def refund_done(self, a: int, b: int) -> None:
        actions.refund_done(self._refund(a).pk, by=self.by)

    def refund_failed(self, a: int, b: int) -> None:
        actions.refund_failed(self._refund(a).pk, REASON, by=self.by)

    # -- the proof

    def balanced(self) -> int:
        """What was posted since the last look sums to nothing, entry by entry; how many postings that were."""
        count = 0
        with acting_as(self.clinic.system):
            sums: dict[int, Decimal] = {}
            for pk, entry, amount in Posting.objects.filter(pk__gt=self.seen).values_list("pk", "entry_id", "amount"):
                sums[entry] = sums.get(entry, ZERO) + amount
                self.seen, count = max(self.seen, pk), count + 1
        assert not any(sums.values()), sums
        return count

    def agree(self) -> None:
        """Count everything again: PRODUCT §4.6 on every bill and payment, and the same sums in the books."""
        with acting_as(self.clinic.system):
            assert queries.mismatches(seen_by=self.clinic.system) == []
            assert ledger.proof(seen_by=self.clinic.system) == []
            books: dict[str, Decimal] = {}
            for account, amount in Posting.objects.values_list("account", "amount"):
                books[account] = books.get(account, ZERO) + amount
            bills, payments = list(Bill.objects.exclude(number=None)), list(Payment.objects.exclude(received_at=None))
            back = list(Refund.objects.filter(status="DONE").values_list("amount", flat=True))
        for bill in bills:
            assert bill.total == bill.allocated + bill.owed + bill.credited + bill.written_off and bill.owed >= 0
        for payment in payments:
            assert payment.amount == payment.allocated + payment.refunding + payment.refunded + payment.on_account
            assert payment.on_account >= 0
        assert sum(books.values()) == 0
        held = sum((payment.on_account + payment.refunding for payment in payments), ZERO)
        assert books.get("ADVANCES", ZERO) == -held
        owed = books.get("RECEIVABLE", ZERO) + books.get("RECEIVABLE_PAYER", ZERO)
        assert owed == sum((bill.owed for bill in bills), ZERO)
        in_hand = sum((books.get(tender, ZERO) for tender in (*METHODS, "ONLINE")), ZERO)
        assert in_hand == sum((payment.amount for payment in payments), ZERO) - sum(back, ZERO)
        assert books.get("WRITE_OFFS", ZERO) == sum((bill.written_off for bill in bills), ZERO)

    def _kept(self, payment: Any) -> None:
        self.payments.append(payment)

    def _patient(self, a: int) -> Any:
        return (self.clinic.patient, self.clinic.other_patient)[a % 5 == 4]

    def _bill(self, a: int) -> Any:
        return self.bills[-1 - a % min(len(self.bills), 6)]

    def _open(self, a: int) -> Any:
        """A bill that may take money, or now and then any."""
        with acting_as(self.clinic.system):
            rows = list(Bill.objects.filter(status__in=OPEN_BILL).order_by("-created_at")[:4])
        return rows[a % len(rows)] if rows and a % 7 else self.clinic.again(self._bill(a))

    def _payment(self, a: int) -> Any:
        return _one(self.payments, a)

    def _held(self, a: int) -> Any:
        """A payment with money on account, or now and then any."""
        with acting_as(self.clinic.system):
            taken = F("allocated") + F("refunding") + F("refunded")
            rows = list(Payment.objects.exclude(received_at=None).filter(amount__gt=taken).order_by("-created_at")[:4])
        return rows[a % len(rows)] if rows and a % 7 else self.clinic.again(self._payment(a))

    def _refund(self, a: int) -> Any:
        """A refund that is not over, or now and then any."""
        with acting_as(self.clinic.system):
            rows = list(Refund.objects.filter(status__in=WAITING).order_by("-created_at")[:4])
        return rows[a % len(rows)] if rows and a % 7 else _one(self.refunds, a)

    def _online(self, a: int) -> Any:
        return _one([payment for payment in self.payments if payment.gateway], a)


class NothingYet(DomainError):
    """There is no such row yet."""

    code, title, status = "nothing-yet", "Nothing yet", 404


def _one(rows: list[Any], a: int) -> Any:
    if not rows:
        raise NothingYet("Nothing yet.")
    return rows[-1 - a % min(len(rows), 6)]


MOVES: dict[str, Callable[[Teller, int, int], None]] = {
    move.__name__: move
    for move in (
        Teller.bill, Teller.void, Teller.write_off, Teller.release, Teller.credit, Teller.pay, Teller.pay_all,
        Teller.again, Teller.advance, Teller.apply, Teller.start_online, Teller.webhook, Teller.refund, Teller.pay_back,
        Teller.approve,
        Teller.refund_done, Teller.refund_failed,
    )
}  # fmt: skip
