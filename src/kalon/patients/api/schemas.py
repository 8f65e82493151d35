"""What goes in and out. Texts come in as typed: the rules of a detail say what is wrong with them, by field."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema

from kalon.patients.models import Allergy, Contact, Coverage, HistoryItem, Merge, Patient
from kalon.patients.rules import (
    AllergyAnswer,
    AllergyDetails,
    ContactDetails,
    CoverageDetails,
    GuardianDetails,
    HistoryDetails,
    PatientDetails,
)


class AddressIn(Schema):
    line1: str = ""
    line2: str = ""
    city: str = ""
    district: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


class GuardianIn(Schema):
    """Who decides for a patient under 18: a contact, or a patient of the clinic."""

    name: str = ""
    relationship: str = ""
    phone: str = ""
    email: str = ""
    patient_id: UUID | None = None


class AllergyIn(Schema):
    substance: str
    reaction: str = ""
    severity: str = "UNKNOWN"
    since_year: int | None = None
    kind: str = Field("", description="DRUG, FOOD, ENVIRONMENTAL, LATEX or OTHER; left out: as it was known")
    source: str = Field("", description="SELF_REPORTED, CONSULTATION or EXTERNAL; left out: as it was known")


class AllergiesIn(Schema):
    """state: NONE_KNOWN, KNOWN (with the list) or UNAVAILABLE."""

    state: str
    allergies: list[AllergyIn] = []

    def answer(self) -> AllergyAnswer:
        return AllergyAnswer(state=self.state, allergies=tuple(AllergyDetails(**one.dict()) for one in self.allergies))


class CoverageIn(Schema):
    payer: str
    policy_number: str
    holder: str = ""
    valid_from: str | None = None
    valid_to: str | None = None

    def details(self) -> CoverageDetails:
        return CoverageDetails(**self.dict())


class MedicalHistoryIn(Schema):
    """kind: CONDITION, MEDICATION, SURGERY, FAMILY or SOCIAL."""

    kind: str
    text: str
    code: str = Field("", description="ICD-10, for a condition")
    dose: str = Field("", description="For a medicine")
    since_year: int | None = None
    source: str = "CONSULTATION"

    def details(self) -> HistoryDetails:
        return HistoryDetails(**self.dict())


class ContactIn(Schema):
    name: str = ""
    relationship: str
    phone: str = ""
    email: str = ""
    is_emergency: bool = False
    is_guardian: bool = False
    patient_id: UUID | None = None

    def details(self) -> ContactDetails:
        return ContactDetails(**self.dict())


class PersonIn(Schema):
    """A person; a phone may be written as in their country, the date of birth as YYYY-MM-DD."""

    given_name: str
    family_name: str = ""
    birth_date: str
    gender: str = Field("unknown", description="male, female, other or unknown")
    phone: str = ""
    email: str = ""
    address: AddressIn | None = None
    abha_number: str = ""
    abha_address: str = ""
    language: str = "en"
    referral_source: str = ""
    guardian: GuardianIn | None = None
    coverage: CoverageIn | None = None
    allergies: AllergiesIn | None = None
    history: list[MedicalHistoryIn] = []

    def details(self, **more: Any) -> PatientDetails:
        plain = self.dict(include=set(PLAIN))
        return PatientDetails(
            **plain,
            address=self.address.dict() if self.address else {},
            guardian=GuardianDetails(**self.guardian.dict()) if self.guardian else None,
            coverage=self.coverage.details() if self.coverage else None,
            allergies=self.allergies.answer() if self.allergies else None,
            history=tuple(item.details() for item in self.history),
            **more,
        )


PLAIN = (
    "given_name", "family_name", "birth_date", "gender", "phone", "email", "abha_number", "abha_address", "language",
    "referral_source",
)  # fmt: skip


class RegisterIn(PersonIn):
    """A new patient at the desk."""

    confirmed_not_duplicate: bool = Field(False, description="Say so after a 409 that lists `duplicates`")


class RegistrationIn(PersonIn):
    """A visitor's registration; without a password they sign in with one-time codes."""

    password: str = ""


class RegistrationOut(Schema):
    """The same whether or not the address has an account."""

    id: UUID
    channel: str
    expires_at: datetime
    next: str


class RegistrationCodeIn(Schema):
    code: str


class OpenedOut(Schema):
    """The record and a bearer token for the account that was just opened."""

    patient_id: UUID
    mrn: str
    token: str


class CorrectionIn(Schema):
    """Only what changes; `version` is the one that was read."""

    version: int
    reason: str = ""
    given_name: str | None = None
    family_name: str | None = None
    birth_date: str | None = None
    gender: str | None = None
    phone: str | None = None
    email: str | None = None
    address: AddressIn | None = None
    abha_number: str | None = None
    abha_address: str | None = None
    language: str | None = None
    referral_source: str | None = None

    def changes(self) -> dict[str, Any]:
        told = self.dict(exclude={"version", "reason"}, exclude_unset=True)
        return {key: value for key, value in told.items() if value is not None}


class AllergyOut(Schema):
    id: UUID
    substance: str
    reaction: str
    severity: str
    since_year: int | None
    kind: str
    source: str
    verified_at: datetime | None
    verified_by: str

    @classmethod
    def of(cls, row: Allergy) -> "AllergyOut":
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class AllergiesOut(Schema):
    """What is known: NOT_RECORDED, NONE_KNOWN, KNOWN or UNAVAILABLE, and who asked when."""

    state: str
    asked_at: datetime | None
    asked_by: str
    allergies: list[AllergyOut]


class HitOut(Schema):
    """A patient in a list."""

    id: UUID
    mrn: str
    name: str
    birth_date: date | None
    phone: str

    @classmethod
    def of(cls, row: Patient) -> "HitOut":
        return cls(id=row.pk, mrn=row.mrn, name=row.name, birth_date=row.born, phone=row.phone)


class PatientOut(HitOut):
    """A patient's details."""

    given_name: str
    family_name: str
    gender: str
    email: str
    address: dict[str, str]
    abha_number: str
    abha_address: str
    language: str
    referral_source: str
    allergy_state: str
    version: int

    @classmethod
    def of(cls, row: Patient) -> "PatientOut":
        own = {name: getattr(row, name) for name in cls.model_fields if name not in ("id", "birth_date", "address")}
        return cls(id=row.pk, birth_date=row.born, address=row.postal_address, **own)


class JoinIn(Schema):
    """`absorbed_id` is read as part of this record from now on; `take` are columns whose word is the absorbed one's."""

    absorbed_id: UUID
    take: list[str] = []
    reason: str


class UndoIn(Schema):
    reason: str


class MergeOut(Schema):
    """A join of two records; it can be undone until `open_until` while its status is MERGED."""

    id: UUID
    survivor_id: UUID
    absorbed_id: UUID
    status: str
    reason: str
    joined_by: str
    joined_at: datetime
    open_until: datetime
    taken: list[str]

    @classmethod
    def of(cls, row: Merge) -> "MergeOut":
        same = ("id", "survivor_id", "absorbed_id", "status", "reason", "joined_by", "open_until")
        own = {name: getattr(row, name) for name in same}
        return cls(joined_at=row.created_at, taken=sorted(row.changes), **own)


class ContactOut(Schema):
    id: UUID
    name: str
    relationship: str
    phone: str
    email: str
    is_emergency: bool
    is_guardian: bool
    patient_id: UUID | None

    @classmethod
    def of(cls, row: Contact) -> "ContactOut":
        own = {name: getattr(row, name) for name in cls.model_fields if name != "patient_id"}
        return cls(patient_id=row.person_id, **own)


class CoverageOut(Schema):
    id: UUID
    payer: str
    policy_number: str
    holder: str
    valid_from: date | None
    valid_to: date | None

    @classmethod
    def of(cls, row: Coverage) -> "CoverageOut":
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class MedicalHistoryOut(Schema):
    id: UUID
    kind: str
    text: str
    code: str
    dose: str | None
    since_year: int | None
    source: str
    noted_by: str
    created_at: datetime
    verified_at: datetime | None
    verified_by: str

    @classmethod
    def of(cls, row: HistoryItem) -> "MedicalHistoryOut":
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class LookedOut(Schema):
    """Somebody read or changed something of the record."""

    at: datetime
    who: str
    what: str
    purpose: str
    reason: str
    origin: str


class TimelineLine(Schema):
    at: datetime
    id: UUID
    title: str
    text: str
    icon: str
    tone: str
    tag: str
    href: str


class TimelineOut(Schema):
    items: list[TimelineLine]
    next: str | None = None
    kinds: list[str]
