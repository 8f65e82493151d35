"""Forms of the desk."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from kalon.patients.forms.fields import Pick, RuledForm, Words, allergies_of, date_box, lines_box
from kalon.patients.models import (
    Allergy,
    AllergyKind,
    AllergyState,
    Gender,
    HistoryItem,
    HistoryKind,
    Language,
    Patient,
    Severity,
    ToldBy,
)
from kalon.patients.rules import (
    AllergyAnswer,
    AllergyDetails,
    ContactDetails,
    CoverageDetails,
    GuardianDetails,
    HistoryDetails,
    PatientDetails,
)
from kalon.patients.rules.details import ADDRESS_LINES

REFERRALS = (
    "A friend or relative", "A doctor", "Instagram", "Google", "The website", "Walked in", "An advertisement",
)  # fmt: skip
RELATIONS = ("Mother", "Father", "Grandparent", "Brother or sister", "Husband or wife", "Legal guardian")
SUBSTANCES_HINT = "One a line, for example: Penicillin: rash, 2019"


class SearchForm(forms.Form):
    """The box above the list."""

    q = Words("Name, phone, MRN or date of birth")


class PersonFields(RuledForm):
    """Who somebody is and how they are reached."""

    given_name = Words("First name", needed=True)
    family_name = Words("Family name")
    birth_date = Words("Date of birth", needed=True, widget=date_box())
    gender = Pick("Gender", Gender.choices, widget=forms.RadioSelect, initial=Gender.UNKNOWN)
    phone = Words("Phone")
    email = Words("E-mail")
    language = Pick("Language", Language.choices, initial=Language.ENGLISH)
    line1 = Words("House and street")
    line2 = Words("Area")
    city = Words("City")
    district = Words("District")
    state = Words("State")
    postal_code = Words("PIN code")
    abha_number = Words("ABHA number", help_text="14 digits, on the ABHA card")
    abha_address = Words("ABHA address", help_text="Like meera.nair@abdm")
    referral_source = Words("How they found us")

    def __init__(self, *args: Any, region: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region, self.today = region, today

    def person(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """The answers as arguments of `PatientDetails`."""
        plain = (
            "given_name", "family_name", "birth_date", "gender", "phone", "email", "language", "abha_number",
            "abha_address", "referral_source",
        )  # fmt: skip
        address = {key: cleaned.get(key, "") for key in ADDRESS_LINES if cleaned.get(key)}
        told = {key: cleaned.get(key, "") for key in plain}
        # A choice that was refused is named by its own field already.
        told["gender"] = told["gender"] or Gender.UNKNOWN
        told["language"] = told["language"] or Language.ENGLISH
        return {**told, "address": address}


class RegisterForm(PersonFields):
    """A new patient, as the desk writes them down."""

    guardian_name = Words("Guardian's name", help_text="Needed for a patient under 18")
    guardian_relationship = Words("They are the patient's")
    guardian_phone = Words("Guardian's phone")
    guardian_email = Words("Guardian's e-mail")
    guardian_patient = forms.UUIDField(required=False, widget=forms.HiddenInput)
    coverage_payer = Words("Insurer")
    coverage_policy_number = Words("Policy number")
    coverage_holder = Words("Holder", help_text="If it is somebody else's policy")
    coverage_valid_to = Words("Valid until", widget=date_box())
    allergy_state = Pick("Allergies", AllergyState.choices, widget=forms.RadioSelect, initial=AllergyState.NOT_RECORDED)
    allergies = Words("Substances", widget=lines_box(), help_text=SUBSTANCES_HINT)
    medicines = Words("Medicines taken now", widget=lines_box(2), help_text="One a line")
    conditions = Words("Conditions and earlier operations", widget=lines_box(2), help_text="One a line")
    is_different_person = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def ruled(self, cleaned: Mapping[str, Any]) -> None:
        self.details(cleaned).checked(region=self.region, today=self.today)

    def details(self, cleaned: Mapping[str, Any] | None = None) -> PatientDetails:
        """What was typed, for `actions.register`."""
        told = self.cleaned_data if cleaned is None else cleaned
        return PatientDetails(
            **self.person(told),
            guardian=self._guardian(told),
            coverage=self._coverage(told),
            allergies=AllergyAnswer(
                state=told.get("allergy_state") or AllergyState.NOT_RECORDED,
                allergies=allergies_of(told.get("allergies", "")),
            ),
            history=tuple(_history(told)),
            confirmed_not_duplicate=bool(told.get("is_different_person")),
        )

    @staticmethod
    def _guardian(told: Mapping[str, Any]) -> GuardianDetails | None:
        fields = {key: told.get(f"guardian_{key}", "") for key in ("name", "relationship", "phone", "email")}
        person: UUID | None = told.get("guardian_patient")
        return GuardianDetails(**fields, patient_id=person) if person or any(fields.values()) else None

    @staticmethod
    def _coverage(told: Mapping[str, Any]) -> CoverageDetails | None:
        fields = {key: told.get(f"coverage_{key}", "") for key in ("payer", "policy_number", "holder", "valid_to")}
        return CoverageDetails(**fields) if any(fields.values()) else None


class CorrectionForm(PersonFields):
    """Details put right, with the reason, on the version that was read."""

    reason = Words("Why is this changed?", needed=True, help_text="Kept in the log of the record")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    @staticmethod
    def of(patient: Patient) -> dict[str, Any]:
        """What stands in the form before anything is typed."""
        held = {name: getattr(patient, name) for name in PersonFields.base_fields if hasattr(patient, name)}
        held["birth_date"] = patient.born.isoformat() if patient.born else ""
        return {**held, **patient.postal_address, "version": patient.version}

    def changes(self) -> dict[str, Any]:
        """What differs from the form as it was drawn; an address counts as one."""
        told = self.person(self.cleaned_data)
        touched = {"address" if name in ADDRESS_LINES else name for name in self.changed_data}
        return {name: value for name, value in told.items() if name in touched}


class AllergyForm(forms.Form):
    """The answer when somebody asked about allergies."""

    allergy_state = Pick(
        "What was the answer?",
        [choice for choice in AllergyState.choices if choice[0] != AllergyState.NOT_RECORDED],
        widget=forms.RadioSelect,
    )
    allergies = Words("Substances", widget=lines_box(4), help_text=SUBSTANCES_HINT)

    @staticmethod
    def of(patient: Patient, known: list[Allergy]) -> dict[str, Any]:
        """The last answer, to confirm or change."""
        lines = [
            one.substance
            + (f": {', '.join(filter(None, (one.reaction, one.year)))}" if one.reaction or one.year else "")
            for one in known
        ]
        return {"allergy_state": patient.allergy_state, "allergies": "\n".join(lines)}

    def substances(self) -> tuple[AllergyDetails, ...]:
        return allergies_of(self.cleaned_data["allergies"])


class ContactForm(forms.Form):
    """Somebody near the patient."""

    name = Words("Name", needed=True)
    relationship = Words("They are the patient's", needed=True)
    phone = Words("Phone", needed=True)
    email = Words("E-mail")
    is_emergency = forms.BooleanField(label="Call them in an emergency", required=False)
    is_guardian = forms.BooleanField(label="They decide for the patient (guardian)", required=False)

    def details(self) -> ContactDetails:
        return ContactDetails(**self.cleaned_data)


class CoverageForm(forms.Form):
    """A policy."""

    payer = Words("Insurer", needed=True)
    policy_number = Words("Policy number", needed=True)
    holder = Words("Holder", help_text="If it is somebody else's policy")
    valid_from = Words("Valid from", widget=date_box())
    valid_to = Words("Valid until", widget=date_box())

    def details(self) -> CoverageDetails:
        return CoverageDetails(**self.cleaned_data)


class HistoryForm(forms.Form):
    """A line of history."""

    kind = Pick("Kind", HistoryKind.choices)
    text = Words("What is to be remembered", needed=True, widget=lines_box(2))
    code = Words("ICD-10 code", help_text="For a condition, such as E11.9")
    dose = Words("Dose", help_text="For a medicine: how much, how often")
    since_year = forms.IntegerField(label="Since", required=False, help_text="A year")
    source = Pick("Where does it come from?", ToldBy.choices, initial=ToldBy.CONSULTATION, needed=False)

    @staticmethod
    def of(item: HistoryItem) -> dict[str, Any]:
        """The line as it stands."""
        return {name: getattr(item, name) or "" for name in HistoryForm.base_fields}

    def details(self) -> HistoryDetails:
        told = self.cleaned_data
        return HistoryDetails(**{**told, "source": told["source"] or ToldBy.CONSULTATION})


class OneAllergyForm(forms.Form):
    """Everything about one allergy."""

    substance = Words("Substance", needed=True)
    kind = Pick("What is it?", AllergyKind.choices, widget=forms.RadioSelect)
    reaction = Words("What happens?", help_text="For example: rash, swelling, fainting")
    severity = Pick("How severe?", Severity.choices, initial=Severity.UNKNOWN)
    since_year = forms.IntegerField(label="Since", required=False, help_text="A year")
    source = Pick("Where does it come from?", ToldBy.choices, initial=ToldBy.CONSULTATION)

    @staticmethod
    def of(held: Allergy) -> dict[str, Any]:
        """The allergy as it stands."""
        return {name: getattr(held, name) or "" for name in OneAllergyForm.base_fields}

    def details(self) -> AllergyDetails:
        return AllergyDetails(**self.cleaned_data)


class DuplicateForm(forms.Form):
    """Two records that look alike are two people."""

    reason = Words("How do you know?", needed=True, help_text="For example: twins, both are in the waiting room")


def _history(told: Mapping[str, Any]) -> list[HistoryDetails]:
    kinds = {"medicines": HistoryKind.MEDICATION, "conditions": HistoryKind.CONDITION}
    return [
        HistoryDetails(kind=kind, text=row.strip())
        for name, kind in kinds.items()
        for row in told.get(name, "").splitlines()
        if row.strip()
    ]
