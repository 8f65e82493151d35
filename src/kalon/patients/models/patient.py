"""The person: encrypted under a key of their own, found by tokens."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from kalon.kernel.encrypted import EncryptedDate, EncryptedJSON, EncryptedText, KeyedRecord
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import PortalChanges, RowSecurity, SameOrganization
from kalon.patients.models.phones import readable_phone


class Gender(models.TextChoices):
    """FHIR's administrative gender."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Not said"


class AllergyState(models.TextChoices):
    """What is known of allergies: silence is a state of its own, never "none"."""

    NOT_RECORDED = "NOT_RECORDED", "Not recorded"
    NONE_KNOWN = "NONE_KNOWN", "No known allergies"
    KNOWN = "KNOWN", "Known allergies"
    UNAVAILABLE = "UNAVAILABLE", "Could not be asked"


class Language(models.TextChoices):
    """The language we speak and write to a patient in (ISO 639-1)."""

    ENGLISH = "en", "English"
    HINDI = "hi", "Hindi"
    MALAYALAM = "ml", "Malayalam"
    TAMIL = "ta", "Tamil"
    KANNADA = "kn", "Kannada"
    TELUGU = "te", "Telugu"
    MARATHI = "mr", "Marathi"
    GUJARATI = "gu", "Gujarati"
    BENGALI = "bn", "Bengali"
    PUNJABI = "pa", "Punjabi"
    URDU = "ur", "Urdu"
    ARABIC = "ar", "Arabic"


class Patient(KeyedRecord, OrganizationRecord):
    """A person the clinic cares for.

    `mrn` is the human number (SK-000218). `version` counts corrections, so that two desks cannot overwrite each
    other. `possible_duplicate_of` is set when a self-registration resembles an existing record; only the desk
    sees it.
    """

    mrn = models.CharField(max_length=24, editable=False)
    given_name = EncryptedText(max_length=100)
    family_name = EncryptedText(max_length=100)
    birth_date = EncryptedDate(null=True)
    gender = models.CharField(max_length=8, choices=Gender.choices, default=Gender.UNKNOWN)
    phone = EncryptedText(max_length=20)
    email = EncryptedText(max_length=254)
    address = EncryptedJSON(null=True)
    abha_number = EncryptedText(max_length=14)
    abha_address = EncryptedText(max_length=100)
    abha_hash = models.CharField(max_length=64, blank=True, editable=False)
    language = models.CharField(max_length=12, choices=Language.choices, default=Language.ENGLISH)
    referral_source = models.CharField(max_length=200, blank=True)
    allergy_state = models.CharField(
        max_length=16, choices=AllergyState.choices, default=AllergyState.NOT_RECORDED, editable=False
    )
    allergies_asked_at = models.DateTimeField(null=True, editable=False)
    allergies_asked_by = models.CharField(max_length=200, blank=True, editable=False)
    search_tokens: "ArrayField[list[int], list[int]]" = ArrayField(models.BigIntegerField(), default=list)
    possible_duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    possible_duplicate_of_id: UUID | None
    registered_by = models.CharField(max_length=200, editable=False)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        db_table = "patients_patient"
        indexes = [
            GinIndex(fields=["search_tokens"], name="patients_patient_search", fastupdate=False),
            # one patient in sixteen: where a common name is looked for first (`kalon.kernel.search.sql`)
            GinIndex(
                fields=["search_tokens"],
                name="patients_patient_search_some",
                fastupdate=False,
                condition=Q(id__endswith="0"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="patients_patient_in_organization"),
            models.UniqueConstraint(fields=["organization", "mrn"], name="patients_patient_mrn"),
            models.UniqueConstraint(
                fields=["organization", "abha_hash"], condition=~Q(abha_hash=""), name="patients_patient_abha"
            ),
            models.CheckConstraint(
                condition=Q(
                    allergy_state=AllergyState.NOT_RECORDED, allergies_asked_at__isnull=True, allergies_asked_by=""
                )
                | ~Q(allergy_state=AllergyState.NOT_RECORDED)
                & Q(allergies_asked_at__isnull=False)
                & ~Q(allergies_asked_by=""),
                name="patients_patient_allergies_asked",
            ),
            SameOrganization(
                name="patients_patient_duplicate_here", field="possible_duplicate_of_id", to="patients.Patient"
            ),
            RowSecurity(name="patients_patient_rows", patient="id", portal="SELECT", reviewed="SELECT"),
            PortalChanges(
                name="patients_patient_own_reach",
                columns=("phone", "email", "address", "language", "search_tokens", "version"),
            ),
        ]

    def __str__(self) -> str:
        return self.mrn

    @property
    def name(self) -> str:
        """The whole name, as spoken."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def readable_phone(self) -> str:
        """The phone number as people write it."""
        return readable_phone(self.phone)

    @property
    def born(self) -> date | None:
        """The birth date, None when it is not known (or was erased)."""
        return self.birth_date if isinstance(self.birth_date, date) else None

    @property
    def postal_address(self) -> dict[str, Any]:
        return self.address if isinstance(self.address, dict) else {}
