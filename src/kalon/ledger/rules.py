"""The chart of accounts: where money stands, who it is owed by and to, and what was earned."""

from django.db import models

VIEW = "ledger.view"
OF_A_PATIENT = "billing.view"


class Account(models.TextChoices):
    """One account of the books; its code is what a posting carries."""

    CASH = "CASH", "Cash"
    CARD = "CARD", "Card"
    UPI = "UPI", "UPI"
    ONLINE = "ONLINE", "Online payments"
    BANK = "BANK", "Bank"
    SAFE = "SAFE", "Safe"
    FINANCE = "FINANCE", "Lenders"
    RECEIVABLE = "RECEIVABLE", "Owed by patients"
    RECEIVABLE_PAYER = "RECEIVABLE_PAYER", "Owed by insurers"
    TRANSFERS = "TRANSFERS", "Between patients' accounts"
    ADVANCES = "ADVANCES", "Held on account for patients"
    VOUCHERS = "VOUCHERS", "Gift vouchers not used yet"
    DEFERRED = "DEFERRED", "Sold, not given yet"
    CGST = "CGST", "Central GST"
    SGST = "SGST", "State GST"
    IGST = "IGST", "Integrated GST or VAT"
    REVENUE = "REVENUE", "Revenue"
    FORFEITED = "FORFEITED", "Expired vouchers and packages"
    DISCOUNTS = "DISCOUNTS", "Discounts given"
    WRITE_OFFS = "WRITE_OFFS", "Written off"
    ROUNDING = "ROUNDING", "Rounding"
    CASH_VARIANCE = "CASH_VARIANCE", "Cash over and short"
    PETTY_CASH = "PETTY_CASH", "Petty cash"
    PAYABLES = "PAYABLES", "Owed to suppliers"
    PURCHASES = "PURCHASES", "Bought"
    INPUT_CGST = "INPUT_CGST", "Central GST paid to suppliers"
    INPUT_SGST = "INPUT_SGST", "State GST paid to suppliers"
    INPUT_IGST = "INPUT_IGST", "Integrated GST or VAT paid to suppliers"


class Kind(models.TextChoices):
    """What an account is: what the clinic has, what it owes, what it earned or spent."""

    ASSET = "ASSET", "Asset"
    LIABILITY = "LIABILITY", "Liability"
    INCOME = "INCOME", "Income"
    EXPENSE = "EXPENSE", "Expense"


A = Account
# Money the clinic has in hand or is about to get from whoever moves it.
TENDERS = (A.CASH, A.CARD, A.UPI, A.ONLINE, A.BANK, A.FINANCE)
TAXES = (A.CGST, A.SGST, A.IGST)
INPUT_TAXES = (A.INPUT_CGST, A.INPUT_SGST, A.INPUT_IGST)  # whether it is claimed is the accountant's to say
# Accounts with a balance of their own for each patient, kept up as postings are written.
KEPT = (A.RECEIVABLE, A.RECEIVABLE_PAYER, A.ADVANCES)
# Of those, where each bill has its own balance, and where each plan has.
BY_BILL = (A.RECEIVABLE, A.RECEIVABLE_PAYER)
BY_PLAN = (A.ADVANCES,)

KINDS: dict[Account, Kind] = {
    **dict.fromkeys((*TENDERS, A.SAFE, A.RECEIVABLE, A.RECEIVABLE_PAYER, A.TRANSFERS, *INPUT_TAXES), Kind.ASSET),
    **dict.fromkeys((A.ADVANCES, A.VOUCHERS, A.DEFERRED, A.PAYABLES, *TAXES), Kind.LIABILITY),
    **dict.fromkeys((A.REVENUE, A.FORFEITED, A.DISCOUNTS, A.ROUNDING), Kind.INCOME),
    **dict.fromkeys((A.WRITE_OFFS, A.CASH_VARIANCE, A.PETTY_CASH, A.PURCHASES), Kind.EXPENSE),
}
