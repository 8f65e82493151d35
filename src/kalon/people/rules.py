"""What there is to be permitted, the roles a clinic starts with, and how a detail of a person is written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

PERMISSIONS: dict[str, str] = {
    "people.view": "See who works here, the branches and the rooms.",
    "people.manage": "Add staff, give and end roles, change branches and rooms.",
    "audit.view": "Read the log of who opened and changed what.",
    "catalog.manage": "Change services, packages, prices and tax rates.",
    "patients.search": "Find a patient by name, phone, MRN or date of birth.",
    "patients.read": "Open a patient's page and history.",
    "patients.register": "Register a new patient.",
    "patients.correct": "Correct a patient's details, contacts and insurance.",
    "patients.merge": "Join two records of one person, and separate them again within a day.",
    "patients.allergies": "Ask for allergies and write them down.",
    "documents.view": "Open a patient's reports, images and letters.",
    "documents.upload": "Add a file to a patient's record.",
    "documents.verify": "Say that a file is the patient's and what it claims to be.",
    "documents.remove": "Remove a file for good.",
    "orders.view": "See laboratory and imaging orders and their results.",
    "orders.order": "Order laboratory tests and imaging.",
    "orders.collect": "Write down that a sample was taken.",
    "orders.result": "Write results down and correct them.",
    "orders.review": "Look at results and sign that off.",
    "scheduling.view": "See the day, the calendar and who is free.",
    "scheduling.book": "Book a visit.",
    "scheduling.approve": "Approve a visit that was asked for online.",
    "scheduling.check_in": "Check a patient in, and take it back within its time.",
    "scheduling.start": "Call the patient in, which starts the visit.",
    "scheduling.cancel": "Cancel a visit.",
    "scheduling.reschedule": "Move a visit to another time or day.",
    "scheduling.no_show": "Write down that a patient did not come.",
    "scheduling.overbook": "Book a patient into a time that is full, with a reason.",
    "scheduling.manage_schedules": "Change working hours, breaks and leave.",
    "consultations.read": "Read notes of consultations.",
    "consultations.triage": "Take vital signs before the doctor sees the patient.",
    "consultations.conduct": "See the patient and write the note, the diagnosis and the outcome.",
    "consultations.close": "Sign a consultation and close it.",
    "plans.read": "Read treatment plans and follow-ups.",
    "plans.write": "Write treatment plans, begin them and cancel them.",
    "plans.approve": "Approve treatment plans under one's own name.",
    "plans.arrange": "Arrange what is due next: follow-ups, and plans on hold.",
    "plans.treat": "Carry out treatment sessions and write their record.",
    "plans.manage": "Decide when patients are reminded of an overdue follow-up.",
    "quotes.view": "See quotes and what was accepted.",
    "quotes.write": "Write a quote for a treatment plan.",
    "quotes.send": "Send a quote to the patient, and withdraw it.",
    "quotes.accept": "Write down, with a signature, that a quote is accepted or declined.",
    "quotes.waive": "Let a plan be booked without quote and deposit, with a reason.",
    "quotes.manage": "Decide for which plans a quote and a deposit are asked, and what a quote begins with.",
    "consultations.templates": "Change the templates of notes.",
    "charts.view": "See charts: what was injected where, and how lasers were set.",
    "charts.draw": "Draw a chart, finish it, and correct it by a new one.",
    "photos.view": "See clinical photographs and compare them.",
    "photos.capture": "Take photographs, add pictures, pair and line them up.",
    "photos.download": "Save the original of a photograph.",
    "photos.delete": "Remove a photograph for good, with a reason.",
    "photos.export": "Give photographs out for a purpose the patient agreed to, and share them with the patient.",
    "billing.view": "See bills and payments.",
    "ledger.view": "Read the books: every movement of money and what stands on each account.",
    "billing.own_revenue": "See what was received for the patients one saw oneself, day by day, in sums.",
    "reports.view": "See reports of the clinic's money.",
    "reports.export": "Save reports as files.",
    "reports.commissions": "Set what staff earn of what they do.",
    "billing.charge": "Make a bill and finalise it.",
    "billing.take_payment": "Take cash, card and UPI at the desk.",
    "billing.refund": "Give money back.",
    "billing.void": "Void a bill by a credit note.",
    "billing.write_off": "Give up what is owed on a bill, and approve it for others above the limit.",
    "billing.transfer": "Give money on account to another patient.",
    "billing.manage": "Decide how much one person may write off, and how bills are rounded.",
    "tills.view": "See cash drawers, what was counted in them, and closed days.",
    "tills.take": "Check patients out, work at a cash drawer and count it.",
    "tills.close": "Close a counted drawer and a day.",
    "tills.approve": "Agree to a difference in somebody else's count, and reopen a closed day.",
    "billing.gateways": "Set up online payments: the gateway, its keys, what it said.",
    "billing.waive_fee": "Let a patient off the fee for a missed visit, with a reason.",
    "pricing.manage": "Change fee schedules, discounts, campaigns and how discounts combine.",
    "pricing.approve_discount": "Approve a discount above the desk's limit, and give one without asking.",
    "entitlements.view": "See the packages, memberships and vouchers that patients bought.",
    "entitlements.sell": "Sell packages, memberships and gift vouchers, and redeem a voucher.",
    "entitlements.use": "Use a session of a package at a visit, and give one back within seven days.",
    "entitlements.transfer": "Give a package to another patient.",
    "entitlements.refund": "Take a package or a gift voucher back.",
    "entitlements.manage": "Extend what expires; decide on memberships, bundles and the terms of packages.",
    "installments.view": "See payment plans, their instalments and loans.",
    "installments.manage": "Agree on payment plans and new dates, end them, record loans, set what is offered.",
    "installments.waive": "Let a patient off an instalment, with a reason.",
    "theatre.view": "See who is cleared for surgery, the theatre's calendar and its cases.",
    "theatre.arrange": "Open clearances, reserve a theatre, schedule, postpone and cancel cases.",
    "theatre.state": "Write under one's own name what answers a line of a clearance.",
    "theatre.waive": "As a clinician let a line of a clearance go, with a signed reason.",
    "theatre.clear": "Clear a patient for surgery, or refuse it.",
    "theatre.operate": "Run a case in theatre: its checklist, times and counts, what was used.",
    "theatre.sign_note": "Write and sign the note of an operation.",
    "theatre.manage": "Decide what is asked before surgery, and for how long a clearance holds.",
    "papers.sign": "Sign prescriptions, letters and consents in one's own name.",
    "papers.certificates": "Choose with which certificates papers are signed.",
    "inventory.view": "See what is in stock, its batches and where it went.",
    "inventory.manage": "Receive, move and count stock, lock a batch away, change what is kept.",
    "inventory.issue": "Reserve stock for a plan, take it for a patient, give it back, write down what was wasted.",
    "inventory.implants": "Read the implant registry: which implant is in which patient.",
    "purchasing.view": "See suppliers, orders, deliveries and what is owed to suppliers.",
    "purchasing.order": "Write down suppliers, order from them and take deliveries in.",
    "purchasing.invoice": "Write down suppliers' invoices as they come.",
    "purchasing.pay": "Approve suppliers' invoices, and write down that they were paid.",
    "messaging.view": "Read which messages were sent.",
    "messaging.manage": "Change the wording of messages and send one again.",
    "prescribing.read": "Read prescriptions.",
    "prescribing.write": "Write a prescription in one's own consultation, finalise and cancel it.",
    "prescribing.dispense": "Hand out what was prescribed, and take it back.",
    "consents.read": "Read consents and see which hold.",
    "consents.present": "Prepare a consent, put it before a patient, give it up before it is signed.",
    "consents.sign": "Take signatures under a consent, and write down that a patient withdrew it.",
    "consents.manage": "Write the words of consents and put a version into use.",
    "portal.use": "Use the patient's own pages.",
    "billing.pay": "Pay one's own bill.",
    "installments.choose": "Choose to pay one's own quote in parts.",
    "plans.acknowledge": "Acknowledge one's own treatment plan.",
}

# What a patient may do; row security keeps it to their own rows.
PATIENT_PERMISSIONS = frozenset(
    {
        "portal.use",
        "patients.read",
        "documents.view",
        "documents.upload",
        "orders.view",
        "scheduling.view",
        "scheduling.book",
        "scheduling.cancel",
        "scheduling.reschedule",
        "billing.view",
        "billing.pay",
        "entitlements.view",
        "installments.view",
        "installments.choose",
        "consultations.read",
        "plans.read",
        "plans.acknowledge",
        "quotes.view",
        "quotes.accept",
        "prescribing.read",
        "consents.read",
        "consents.sign",
        "photos.view",
    }
)
_THEIR_OWN = {"portal.use", "billing.pay", "plans.acknowledge", "installments.choose"}  # what only patients do
STAFF_PERMISSIONS = tuple(name for name in PERMISSIONS if name not in _THEIR_OWN)

_FIND = ("people.view", "patients.search", "patients.read", "scheduling.view")
_CONSENTS = ("consents.read", "consents.present", "consents.sign")
_QUOTES = ("quotes.view", "quotes.write", "quotes.send", "quotes.accept")
_USE_STOCK = ("inventory.view", "inventory.issue", "inventory.implants")
_CHART = ("charts.view", "charts.draw")
_PHOTOS = ("photos.view", "photos.capture")
_CLEARING = ("theatre.view", "theatre.state", "theatre.waive", "theatre.clear", "theatre.operate", "theatre.sign_note")
_DOCTOR = (
    *_FIND,
    "patients.correct",
    "patients.allergies",
    "documents.view",
    "documents.upload",
    "documents.verify",
    "orders.view",
    "orders.order",
    "orders.collect",
    "orders.result",
    "orders.review",
    "scheduling.book",
    "scheduling.reschedule",
    "scheduling.start",
    "consultations.read",
    "consultations.triage",
    "consultations.conduct",
    "consultations.close",
    "papers.sign",
    *_CONSENTS,
    *_USE_STOCK,
    "plans.read",
    "plans.write",
    "plans.approve",
    "plans.treat",
    "plans.arrange",
    *_QUOTES,
    "prescribing.read",
    "prescribing.write",
    "billing.own_revenue",
    "entitlements.view",
    "entitlements.use",
    *_CHART,
    *_CLEARING,
    *_PHOTOS,
    "photos.download",
    "photos.export",
)
_DESK = (
    *_FIND,
    "patients.register",
    "patients.correct",
    "patients.merge",
    "patients.allergies",
    "documents.view",
    "documents.upload",
    "scheduling.book",
    "scheduling.approve",
    "scheduling.check_in",
    "scheduling.cancel",
    "scheduling.reschedule",
    "scheduling.no_show",
    "scheduling.overbook",
    *_CONSENTS,
    "plans.read",
    "plans.arrange",
    *_QUOTES,
    "billing.view",
    "billing.charge",
    "billing.take_payment",
    "billing.waive_fee",
    "tills.view",
    "tills.take",
    "entitlements.view",
    "entitlements.sell",
    "entitlements.use",
    "installments.view",
    "installments.manage",
    "messaging.view",
)


@dataclass(frozen=True, slots=True)
class RoleSpec:
    """A role as a new clinic receives it; the owner may change it afterwards."""

    name: str
    sentence: str
    permissions: tuple[str, ...]


ROLES: dict[str, RoleSpec] = {
    "owner": RoleSpec(
        "Owner", "Runs the clinic: people, prices, policies, and may do everything else.", STAFF_PERMISSIONS
    ),
    "frontdesk": RoleSpec("Front desk", "Welcomes patients, books and moves visits, takes payments.", _DESK),
    "nurse": RoleSpec(
        "Nurse",
        "Prepares patients: allergies, vital signs, and who is waiting.",
        (
            *_FIND,
            "patients.correct",
            "patients.allergies",
            "documents.view",
            "documents.upload",
            "documents.verify",
            "orders.view",
            "orders.collect",
            "orders.result",
            "scheduling.check_in",
            "consultations.read",
            "consultations.triage",
            *_CONSENTS,
            *_USE_STOCK,
            "plans.read",
            "plans.treat",
            "prescribing.read",
            "entitlements.view",
            "entitlements.use",
            *_CHART,
            "theatre.view",
            "theatre.state",
            *_PHOTOS,
            "theatre.operate",
        ),
    ),
    "doctor": RoleSpec("Doctor", "Sees patients, writes the note and the outcome, signs it.", _DOCTOR),
    "surgeon": RoleSpec(
        "Surgeon", "Sees patients as a doctor does, and operates.", (*_DOCTOR, "quotes.waive", "theatre.arrange")
    ),
    "theatre": RoleSpec(
        "Theatre manager",
        "Prepares the operating theatre: who is cleared, which room, which day.",
        (
            *_FIND,
            "patients.allergies",
            "documents.view",
            "orders.view",
            "consultations.read",
            "consents.read",
            "photos.view",
            "scheduling.book",
            "scheduling.reschedule",
            *_USE_STOCK,
            "plans.read",
            "plans.arrange",
            "theatre.view",
            "theatre.arrange",
            "theatre.clear",
            "theatre.operate",
        ),
    ),
    "inventory": RoleSpec(
        "Inventory",
        "Keeps medicines, implants and supplies.",
        (
            "people.view",
            "patients.search",
            "inventory.view",
            "inventory.manage",
            "inventory.issue",
            "inventory.implants",
            "purchasing.view",
            "purchasing.order",
            "purchasing.invoice",
            "prescribing.read",
            "prescribing.dispense",
        ),
    ),
    "billing": RoleSpec(
        "Billing",
        "Makes bills, takes and returns money, and closes the day.",
        (
            *_FIND,
            "plans.read",
            *_QUOTES,
            "quotes.waive",
            "billing.view",
            "ledger.view",
            "reports.view",
            "reports.export",
            "billing.charge",
            "billing.take_payment",
            "billing.refund",
            "billing.void",
            "billing.write_off",
            "billing.transfer",
            "purchasing.view",
            "purchasing.invoice",
            "purchasing.pay",
            "billing.waive_fee",
            "tills.view",
            "tills.take",
            "tills.close",
            "tills.approve",
            "pricing.approve_discount",
            "entitlements.view",
            "entitlements.sell",
            "entitlements.use",
            "entitlements.transfer",
            "entitlements.refund",
            "installments.view",
            "installments.manage",
            "installments.waive",
            "messaging.view",
        ),
    ),
    "provider": RoleSpec(
        "Remote provider",
        "Reviews what patients send from afar and answers them.",
        (
            *_FIND,
            "patients.allergies",
            "documents.view",
            "orders.view",
            "consultations.read",
            "consultations.conduct",
            "consultations.close",
            "papers.sign",
            "plans.read",
            "plans.write",
            "plans.arrange",
            "prescribing.read",
            "prescribing.write",
            "papers.sign",
        ),
    ),
}

MANAGE = "people.manage"
WORKS_AT = "works_at"  # in the session: the branch somebody with roles in several works in now
MOST_FEATURES, LONGEST_FEATURE = 20, 40


def features(words: Iterable[str]) -> list[str]:
    """What a room offers as it is kept and compared: lower case, each word once, in the order given."""
    return list(dict.fromkeys(word for text in words if (word := " ".join(text.lower().split()))))


def equipment_kind(text: str) -> str:
    """A kind of equipment as it is kept and compared: "Nd:YAG laser" is ND_YAG_LASER."""
    return re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")


def normal_email(text: str | None) -> str | None:
    """The address as we keep it, or None when it is none."""
    address = (text or "").strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        return None
    return address if len(address) <= 254 else None


def normal_phone(text: str | None, *, region: str = "IN") -> str | None:
    """The number with its country (E.164), or None when it is no number anybody could call."""
    if not text or len(text) > 40 or re.search(r"[A-Za-z]", text):
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def unknown_permissions(names: "list[str] | tuple[str, ...]") -> list[str]:
    """Names that no page or verb asks for."""
    return sorted(set(names) - set(STAFF_PERMISSIONS))
