"""The reports on the shelf: each is data over one small engine (`kalon.reports.queries.engine`).

Amounts in the books are debits above zero and credits below; a report turns them so that a plain reader sees
earnings, tax and what is held for patients above zero (`sign`).
"""

from dataclasses import dataclass

from kalon.ledger.lifecycles import TAXES, TENDERS, Account

A = Account
OWED = (A.RECEIVABLE, A.RECEIVABLE_PAYER)
EARNED = (A.REVENUE, A.FORFEITED, A.DISCOUNTS)
AGES = ((0, 30, "0–30 days"), (31, 60, "31–60"), (61, 90, "61–90"), (91, None, "Over 90"))  # days since it was billed


@dataclass(frozen=True, slots=True)
class Column:
    """One column of sums: of some of the accounts, of one side, or of what is so many days old."""

    label: str
    accounts: tuple[Account, ...] = ()
    side: str = ""  # "debit" or "credit"
    days: tuple[int, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A report: which accounts it sums, by what, in which columns; the last column is its total."""

    slug: str
    title: str
    note: str
    by: str
    accounts: tuple[Account, ...]
    columns: tuple[Column, ...]
    icon: str
    sign: int = 1
    is_standing: bool = False  # what stands open now, whatever the days

    @property
    def total(self) -> Column:
        return self.columns[-1]


NET = (Column("Revenue", (A.REVENUE, A.FORFEITED)), Column("Discounts", (A.DISCOUNTS,)), Column("Net"))


def _revenue(slug: str, title: str, by: str, icon: str) -> Report:
    words = "Earned in these days, before tax and after discounts."
    return Report(slug, title, words, by, EARNED, NET, icon, sign=-1)


REPORTS: dict[str, Report] = {
    report.slug: report
    for report in (
        _revenue("revenue-by-doctor", "Revenue by doctor", "doctor", icon="stethoscope"),
        _revenue("revenue-by-service", "Revenue by service", "service", icon="syringe"),
        _revenue("revenue-by-plan", "Revenue by kind of plan", "plan_type", icon="clipboard-list"),
        _revenue("revenue-by-branch", "Revenue by branch", "branch", icon="building-2"),
        _revenue("revenue-by-day", "Revenue by day", "day", icon="calendar-days"),
        Report(
            "payments",
            "Payments by mode",
            "Money that came in and went back in these days.",
            "account",
            TENDERS,
            (Column("Received", side="debit"), Column("Paid back", side="credit"), Column("Net")),
            icon="wallet",
        ),
        Report(
            "receivables",
            "Owed, by age",
            "What stands open today, by the days since it was billed.",
            "patient",
            OWED,
            (*(Column(words, days=(low, high)) for low, high, words in AGES), Column("Owed")),
            icon="hourglass",
            is_standing=True,
        ),
        Report(
            "deposits",
            "Deposits and money on account",
            "What the clinic holds for patients today.",
            "patient",
            (A.ADVANCES,),
            (Column("Held"),),
            icon="piggy-bank",
            sign=-1,
            is_standing=True,
        ),
        Report(
            "discounts",
            "Discounts given",
            "Taken off in these days, by service.",
            "service",
            (A.DISCOUNTS,),
            (Column("Given", side="debit"), Column("Taken back", side="credit"), Column("Net")),
            icon="percent",
        ),
        Report(
            "tax",
            "Tax",
            "Charged in these days, less what credit notes took back.",
            "day",
            TAXES,
            (Column("CGST", (A.CGST,)), Column("SGST", (A.SGST,)), Column("IGST or VAT", (A.IGST,)), Column("Tax")),
            icon="landmark",
            sign=-1,
        ),
        Report(
            "owed-later",
            "Sold, not given yet",
            "Packages and vouchers sold and used in these days.",
            "account",
            (A.DEFERRED, A.VOUCHERS),
            (Column("Sold", side="credit"), Column("Used", side="debit"), Column("Grew by")),
            icon="gift",
            sign=-1,
        ),
        Report(
            "accounts",
            "All accounts",
            "What each account moved by in these days; together nothing.",
            "account",
            tuple(A),
            (Column("Debit", side="debit"), Column("Credit", side="credit"), Column("Net")),
            icon="scale",
        ),
    )
}
