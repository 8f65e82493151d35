"""What a person tells us about themselves, as typed; `checked()` gives it back in the one form we keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from kalon.patients.models import AllergyKind, AllergyState, Gender, HistoryKind, Language, Severity, ToldBy
from kalon.patients.rules import values
from kalon.patients.rules.people import is_minor
from kalon.patients.rules.values import Faults

ADDRESS_LINES = ("line1", "line2", "city", "district", "state", "postal_code", "country")
GUARDIAN_NEEDED = "A patient under 18 needs a guardian. Write who decides for them, with a phone number."


@dataclass(frozen=True, kw_only=True)
class GuardianDetails:
    """Who decides for a minor: a contact, or a patient of the clinic (`patient_id`)."""

    name: str = ""
    relationship: str = ""
    phone: str = ""
    email: str = ""
    patient_id: UUID | None = None

    def noted(self, faults: Faults, *, region: str) -> "GuardianDetails":
        made = self
        if self.patient_id is None:
            with faults.on("guardian_name"):
                made = replace(made, name=values.name(self.name, needed="Write the guardian's name."))
            with faults.on("guardian_phone"):
                needed = "" if self.email else "Write the guardian's phone number."
                made = replace(made, phone=values.phone(self.phone, region=region, needed=needed))
            with faults.on("guardian_email"):
                made = replace(made, email=values.email(self.email))
        with faults.on("guardian_relationship"):
            needed = "Write what they are to the patient, for example mother."
            made = replace(made, relationship=values.line(self.relationship, most=60, needed=needed))
        return made  # noqa: RET504  (a fault is noted, and the block goes on)


@dataclass(frozen=True, kw_only=True)
class ContactDetails:
    """Somebody near the patient, with a phone number."""

    name: str
    relationship: str
    phone: str
    email: str = ""
    is_emergency: bool = False
    is_guardian: bool = False
    patient_id: UUID | None = None

    def checked(self, *, region: str) -> "ContactDetails":
        faults, made = Faults(), self
        with faults.on("name"):
            made = replace(made, name=values.name(self.name, needed="Write the name."))
        with faults.on("relationship"):
            needed = "Write what they are to the patient, for example mother."
            made = replace(made, relationship=values.line(self.relationship, most=60, needed=needed))
        with faults.on("phone"):
            made = replace(made, phone=values.phone(self.phone, region=region, needed="Write the phone number."))
        with faults.on("email"):
            made = replace(made, email=values.email(self.email))
        faults.settle()
        return made


@dataclass(frozen=True, kw_only=True)
class CoverageDetails:
    """A policy: the payer, its number, whose it is, and when it holds."""

    payer: str
    policy_number: str
    holder: str = ""
    valid_from: date | str | None = None
    valid_to: date | str | None = None

    def noted(self, faults: Faults, *, prefix: str = "") -> "CoverageDetails":
        made = self
        with faults.on(f"{prefix}payer"):
            made = replace(made, payer=values.line(self.payer, most=200, needed="Write who insures the patient."))
        with faults.on(f"{prefix}policy_number"):
            number = values.line(self.policy_number, most=60, needed="Write the policy number.")
            made = replace(made, policy_number=number)
        with faults.on(f"{prefix}holder"):
            made = replace(made, holder=values.name(self.holder))
        with faults.on(f"{prefix}valid_from"):
            made = replace(made, valid_from=values.day(self.valid_from))
        with faults.on(f"{prefix}valid_to"):
            made = replace(made, valid_to=values.day(self.valid_to))
        first, last = made.valid_from, made.valid_to
        if isinstance(first, date) and isinstance(last, date) and last < first:
            faults.add(f"{prefix}valid_to", "The policy cannot end before it begins.")
        return made


@dataclass(frozen=True, kw_only=True)
class AllergyDetails:
    """One substance, what it does, how badly, and since when; what is left out of `kind` and `source` is kept."""

    substance: str
    reaction: str = ""
    severity: str = Severity.UNKNOWN
    since_year: int | None = None
    kind: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class AllergyAnswer:
    """What was answered when somebody asked about allergies."""

    state: str
    allergies: tuple[AllergyDetails, ...] = ()

    def noted(self, faults: Faults, *, today: date) -> "AllergyAnswer":
        if self.state not in AllergyState.values:
            faults.add("allergy_state", "Choose one of the answers about allergies.")
        if self.state == AllergyState.KNOWN and not self.allergies:
            faults.add("allergies", "Write at least one substance, or choose another answer.")
        if self.state != AllergyState.KNOWN and self.allergies:
            faults.add("allergies", "Substances are written down, so the answer is: known allergies.")
        if len(self.allergies) > 50:
            faults.add("allergies", "At most 50 substances fit.")
            return self
        return replace(self, allergies=tuple(self._substance(one, faults, today) for one in self.allergies))

    @staticmethod
    def _substance(one: AllergyDetails, faults: Faults, today: date) -> AllergyDetails:
        with faults.on("allergies"):
            one = replace(
                one,
                substance=values.line(one.substance, most=200, needed="Write the name of the substance."),
                reaction=values.line(one.reaction, most=200),
            )
        if one.severity not in Severity.values:
            faults.add("allergies", "Choose how severe the reaction is.")
        if one.kind and one.kind not in AllergyKind.values:
            faults.add("allergies", "Choose what kind of substance this is.")
        if one.source and one.source not in ToldBy.values:
            faults.add("allergies", "Choose where this comes from.")
        if one.since_year is not None and not 1900 <= one.since_year <= today.year:
            faults.add("allergies", f"Write a year between 1900 and {today.year}.")
        return one

    def checked(self, *, today: date) -> "AllergyAnswer":
        faults = Faults()
        made = self.noted(faults, today=today)
        faults.settle()
        return made


@dataclass(frozen=True, kw_only=True)
class HistoryDetails:
    """A line of history: a condition, a medicine, an operation, the family, habits."""

    kind: str
    text: str
    code: str = ""
    dose: str = ""
    since_year: int | None = None
    source: str = ToldBy.CONSULTATION

    def noted(self, faults: Faults, *, today: date | None = None) -> "HistoryDetails":
        made = self
        if self.kind not in HistoryKind.values:
            faults.add("kind", "Choose what kind of history this is.")
        if self.source not in ToldBy.values:
            faults.add("source", "Choose where this comes from.")
        with faults.on("text"):
            made = replace(made, text=values.paragraph(self.text, most=1000, needed="Write what is to be remembered."))
        with faults.on("code"):
            made = replace(made, code=values.icd_code(self.code))
        with faults.on("dose"):
            made = replace(made, dose=values.line(self.dose, most=200))
        if made.code and self.kind != HistoryKind.CONDITION:
            faults.add("code", "Only a condition has an ICD-10 code. Leave it empty here.")
        if made.dose and self.kind != HistoryKind.MEDICATION:
            faults.add("dose", "Only a medicine has a dose. Leave it empty here.")
        latest = today.year if today else 9999
        if self.since_year is not None and not 1900 <= self.since_year <= latest:
            faults.add("since_year", "Write a year between 1900 and today.")
        return made


@dataclass(frozen=True, kw_only=True)
class PatientDetails:
    """A person as they were written down at the desk, or wrote themselves down."""

    given_name: str
    birth_date: date | str | None
    family_name: str = ""
    gender: str = Gender.UNKNOWN
    phone: str = ""
    email: str = ""
    address: Mapping[str, str] = field(default_factory=dict)
    abha_number: str = ""
    abha_address: str = ""
    language: str = Language.ENGLISH
    referral_source: str = ""
    guardian: GuardianDetails | None = None
    coverage: CoverageDetails | None = None
    allergies: AllergyAnswer | None = None
    history: tuple[HistoryDetails, ...] = ()
    confirmed_not_duplicate: bool = False

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    def checked(self, *, region: str, today: date) -> "PatientDetails":
        """The details in the one form we keep, or a refusal that names every field that needs somebody."""
        faults = Faults()
        made = self._identity(faults, region=region, today=today)
        made = made._reach(faults, region=region, today=today)
        if self.coverage is not None:
            made = replace(made, coverage=self.coverage.noted(faults, prefix="coverage_"))
        if self.allergies is not None:
            made = replace(made, allergies=self.allergies.noted(faults, today=today))
        if len(self.history) > 50:
            faults.add("history", "At most 50 lines of history fit here.")
        made = replace(made, history=tuple(item.noted(faults) for item in self.history[:50]))
        faults.settle()
        return made

    def reached(self, *, region: str, today: date) -> "PatientDetails":
        """How the person is reached, in the one form we keep; nothing else of the details is looked at."""
        faults = Faults()
        made = self._reach(faults, region=region, today=today)
        if self.language not in Language.values:
            faults.add("language", "Choose a language of the list.")
        faults.settle()
        return made

    def _identity(self, faults: Faults, *, region: str, today: date) -> "PatientDetails":
        made = self
        with faults.on("given_name"):
            made = replace(made, given_name=values.name(self.given_name, needed="Write the first name."))
        with faults.on("family_name"):
            made = replace(made, family_name=values.name(self.family_name))
        with faults.on("birth_date"):
            made = replace(made, birth_date=values.birth_date(self.birth_date, today=today))
        if self.gender not in Gender.values:
            faults.add("gender", "Choose one of the answers.")
        if self.language not in Language.values:
            faults.add("language", "Choose a language of the list.")
        with faults.on("abha_number"):
            made = replace(made, abha_number=values.abha_number(self.abha_number))
        with faults.on("abha_address"):
            made = replace(made, abha_address=values.abha_address(self.abha_address))
        with faults.on("referral_source"):
            made = replace(made, referral_source=values.line(self.referral_source, most=200))
        return made  # noqa: RET504  (a fault is noted, and the block goes on)

    def _reach(self, faults: Faults, *, region: str, today: date) -> "PatientDetails":
        made = self
        with faults.on("phone"):
            made = replace(made, phone=values.phone(self.phone, region=region))
        with faults.on("email"):
            made = replace(made, email=values.email(self.email))
        lines: dict[str, str] = {}
        for key in ADDRESS_LINES:
            with faults.on(key):
                if text := values.line(self.address.get(key, ""), most=200):
                    lines[key] = text
        made = replace(made, address=lines)
        if self.guardian is not None:
            made = replace(made, guardian=self.guardian.noted(faults, region=region))
        elif is_minor(made.birth_date if isinstance(made.birth_date, date) else None, today):
            faults.add("guardian_name", GUARDIAN_NEEDED)
        if not (self.phone or self.email or self.guardian):
            faults.add("phone", "Write a phone number or an e-mail address, so that we can reach the patient.")
        return made
