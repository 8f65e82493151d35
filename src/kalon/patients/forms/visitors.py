"""The steps of /register: who, health, the rest, and the code."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from kalon.patients.forms.desk import REFERRALS
from kalon.patients.forms.fields import Pick, RuledForm, Words, date_box, lines_box, pieces
from kalon.patients.models import AllergyState, Gender, HistoryKind, Language
from kalon.patients.rules import (
    AllergyAnswer,
    AllergyDetails,
    CoverageDetails,
    GuardianDetails,
    HistoryDetails,
    PatientDetails,
)

MYSELF, MY_CHILD = "myself", "child"
NONE = "none"
COMMON_ALLERGENS = ("Lidocaine", "Penicillin", "Latex", "Aspirin")
YES_NO = (("yes", "Yes"), ("no", "No"))
QUESTIONS = {
    "blood_thinners": ("Blood thinners", HistoryKind.MEDICATION),
    "pregnant": ("Pregnant or breast-feeding", HistoryKind.CONDITION),
    "cold_sores": ("Cold sores before", HistoryKind.CONDITION),
}


class Step(RuledForm):
    """One step; the later ones add their answers to the same details."""

    def __init__(self, *args: Any, region: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region, self.today = region, today

    def answers(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """The step's part of `PatientDetails`."""
        return {}

    def ruled(self, cleaned: Mapping[str, Any]) -> None:
        """Check this step alone, beside a person with whom nothing is wrong."""
        nobody = {"given_name": "A", "birth_date": date(1990, 1, 1), "email": "a@example.com"}
        PatientDetails(**{**nobody, **self.answers(cleaned)}).checked(region=self.region, today=self.today)


class PersonStep(Step):
    """Who registers, for whom, and how we reach them. A guardian types their own phone and e-mail."""

    drawn_as = {"guardian_phone": "phone", "guardian_email": "email"}

    who_for = Pick(
        "Who is it for?", ((MYSELF, "Myself"), (MY_CHILD, "My child")), widget=forms.RadioSelect, initial=MYSELF
    )
    guardian_name = Words("Your own name", needed=True)
    guardian_relationship = Words("You are the child’s", needed=True)
    given_name = Words("First name", needed=True)
    family_name = Words("Family name")
    birth_date = Words("Date of birth", needed=True, widget=date_box())
    gender = Pick("Gender", Gender.choices, widget=forms.RadioSelect, initial=Gender.UNKNOWN)
    phone = Words("Mobile phone")
    email = Words("E-mail", help_text="The code that opens your account goes here, or to the phone without one")
    language = Pick("We speak and write to you in", Language.choices, initial=Language.ENGLISH)

    def answers(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        reach = {key: cleaned.get(key, "") for key in ("phone", "email")}
        told = {key: cleaned.get(key, "") for key in ("given_name", "family_name", "birth_date")}
        told |= {"gender": cleaned.get("gender") or Gender.UNKNOWN, "language": cleaned.get("language") or "en"}
        if cleaned.get("who_for") != MY_CHILD:
            return {**told, **reach, "guardian": None}
        name, relationship = cleaned.get("guardian_name", ""), cleaned.get("guardian_relationship", "")
        return {**told, "email": "", "guardian": GuardianDetails(name=name, relationship=relationship, **reach)}


class HealthStep(Step):
    """Allergies, three questions that matter to us, and medicines."""

    drawn_as = {"allergies": "other_allergens", "text": "medicines", "history": "medicines"}

    allergens = forms.MultipleChoiceField(
        label="Allergic to any of these?",
        choices=[*((name, name) for name in COMMON_ALLERGENS), (NONE, "None")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    other_allergens = Words("Anything else you are allergic to")
    reaction = Words("What happened?")
    blood_thinners = Pick("Blood thinners?", YES_NO, needed=False, widget=forms.RadioSelect)
    pregnant = Pick("Pregnant or feeding?", YES_NO, needed=False, widget=forms.RadioSelect)
    cold_sores = Pick("Cold sores before?", YES_NO, needed=False, widget=forms.RadioSelect)
    medicines = Words("Medicines you take now", widget=lines_box(2))
    conditions = Words("Illnesses and earlier operations", widget=lines_box(2))

    def answers(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        picked: list[str] = cleaned.get("allergens") or []
        names = [name for name in picked if name != NONE] + pieces(cleaned.get("other_allergens", ""))
        found = tuple(AllergyDetails(substance=name, reaction=cleaned.get("reaction", "")) for name in names)
        silent = AllergyState.NONE_KNOWN if NONE in picked else AllergyState.NOT_RECORDED
        allergies = AllergyAnswer(state=AllergyState.KNOWN if found else silent, allergies=found)
        return {"allergies": allergies, "history": tuple(self._history(cleaned))}

    @staticmethod
    def _history(cleaned: Mapping[str, Any]) -> list[HistoryDetails]:
        told = [
            HistoryDetails(kind=kind, text=f"{words}: {cleaned[name]}")
            for name, (words, kind) in QUESTIONS.items()
            if cleaned.get(name)
        ]
        told += [
            HistoryDetails(kind=HistoryKind.MEDICATION, text=text) for text in pieces(cleaned.get("medicines", ""))
        ]
        told += [
            HistoryDetails(kind=HistoryKind.CONDITION, text=text) for text in pieces(cleaned.get("conditions", ""))
        ]
        return told

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        picked = cleaned.get("allergens") or []
        if NONE in picked and (len(picked) > 1 or cleaned.get("other_allergens", "").strip()):
            self.add_error("allergens", "You chose “None” and a substance. Take one of them away.")
        return cleaned


class LastStep(Step):
    """Insurance, how they found us, and a password."""

    coverage_payer = Words("Insurer")
    coverage_policy_number = Words("Policy number")
    city = Words("City")
    referral_source = Pick("How did you find us?", [("", "Choose"), *((one, one) for one in REFERRALS)], needed=False)
    password = Words(
        "Choose a password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text="At least 10 characters. Leave it empty to sign in with codes.",
    )

    def answers(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        payer, number = cleaned.get("coverage_payer", ""), cleaned.get("coverage_policy_number", "")
        return {
            "coverage": CoverageDetails(payer=payer, policy_number=number) if payer or number else None,
            "address": {"city": cleaned["city"]} if cleaned.get("city") else {},
            "referral_source": cleaned.get("referral_source", ""),
        }


class CodeForm(forms.Form):
    """The code of the message."""

    code = Words("Code", needed=True)
