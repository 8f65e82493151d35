"""The books: what happened (an entry), which accounts it moved (postings), and what stands where (balances)."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.money import ZERO, AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only
from kalon.ledger.models.fresh import keeps_balances, sums_to_zero
from kalon.ledger.rules import Account


class Entry(models.Model):
    """One movement of money: what kind, on which day, and the row it comes from. Never changed.

    One row of another table posts each kind of entry once (`source_table`, `source_id`, `kind`).
    """

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey("people.Organization", on_delete=models.PROTECT, related_name="+", db_index=False)
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+", db_index=False)
    patient_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=20)
    date = models.DateField()
    occurred_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    source_table = models.CharField(max_length=63)
    source_id = models.UUIDField()
    by_user_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            *append_only("ledger_entry", name="ledger_entry_kept"),
            models.UniqueConstraint(fields=["source_id", "source_table", "kind"], name="ledger_entry_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="ledger_entry_in_organization"),
            SameOrganization(name="ledger_entry_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(
                name="ledger_entry_rows",
                patient="patient_id",
                app="SELECT",
                portal="SELECT",
                reviewed="SELECT, INSERT",
            ),
        ]
        indexes = [models.Index(fields=["organization", "date", "branch"], name="ledger_entry_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.date}"


class Posting(models.Model):
    """What one entry does to one account: a debit (above zero) or a credit (below), and what it is about.

    The postings of an entry sum to nothing. `bill_id`, `bill_line_id`, `payment_id`, `doctor_id`, `service_id` and
    `plan_id` are what reports group by; they were checked where the money moved.
    """

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey("people.Organization", on_delete=models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    branch_id = models.UUIDField()
    date = models.DateField()
    account = models.CharField(max_length=20, choices=Account)
    amount = AmountField()
    patient_id = models.UUIDField(null=True)
    bill_id = models.UUIDField(null=True)
    bill_line_id = models.UUIDField(null=True)
    payment_id = models.UUIDField(null=True)
    doctor_id = models.UUIDField(null=True)
    service_id = models.UUIDField(null=True)
    plan_id = models.UUIDField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            *append_only("ledger_posting", name="ledger_posting_kept"),
            sums_to_zero("ledger_posting"),
            keeps_balances("ledger_posting", "ledger_balance"),
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_posting_not_zero"),
            models.CheckConstraint(condition=Q(account__in=Account.values), name="ledger_posting_account"),
            SameOrganization(name="ledger_posting_same_entry", field="entry_id", to="ledger.Entry"),
            RowSecurity(
                name="ledger_posting_rows",
                patient="patient_id",
                app="SELECT",
                portal="SELECT",
                reviewed="SELECT, INSERT",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "account", "date"], name="ledger_posting_account_day"),
            models.Index(fields=["bill_id"], condition=Q(bill_id__isnull=False), name="ledger_posting_bill"),
            models.Index(
                fields=["patient_id", "date"], condition=Q(patient_id__isnull=False), name="ledger_posting_patient"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"

    @property
    def debit(self) -> Decimal:
        return max(self.amount, ZERO)

    @property
    def credit(self) -> Decimal:
        return max(-self.amount, ZERO)


class Balance(OrganizationRecord):
    """What stands on an account for one patient (and bill, or plan): kept by the database, proved by a sum."""

    account = models.CharField(max_length=20, choices=Account)
    patient_id = models.UUIDField(null=True)
    bill_id = models.UUIDField(null=True)
    plan_id = models.UUIDField(null=True)
    amount = AmountField()
    since = models.DateField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "account", "patient_id", "bill_id", "plan_id"],
                name="ledger_balance_once",
                nulls_distinct=False,
            ),
            Trigger(
                name="ledger_balance_kept",
                events="BEFORE DELETE OR TRUNCATE",
                level="STATEMENT",
                body="RAISE EXCEPTION 'balances follow from postings' USING ERRCODE = 'check_violation', "
                "CONSTRAINT = 'ledger_balance_kept';",
            ),
            RowSecurity(name="ledger_balance_rows", app="SELECT", reviewed="SELECT, INSERT, UPDATE"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "account", "since"], condition=~Q(amount=0), name="ledger_balance_open"
            ),
            models.Index(fields=["patient_id"], name="ledger_balance_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"
