"""Rights and roles, and how an address or number is kept."""

import pytest

from kalon.people import rules


def test_every_right_of_every_role_exists_and_every_role_says_what_it_is() -> None:
    for code, spec in rules.ROLES.items():
        assert rules.unknown_permissions(spec.permissions) == [], code
        assert spec.sentence.endswith(".")
        assert spec.name


def test_every_right_has_a_sentence_and_the_owner_holds_each_of_staff() -> None:
    assert all(sentence.endswith(".") for sentence in rules.PERMISSIONS.values())
    of_patients = {"portal.use", "billing.pay", "plans.acknowledge", "installments.choose"}
    assert set(rules.ROLES["owner"].permissions) == set(rules.PERMISSIONS) - of_patients
    assert of_patients <= rules.PATIENT_PERMISSIONS
    assert set(rules.PERMISSIONS) >= rules.PATIENT_PERMISSIONS


def test_a_right_that_no_page_asks_for_is_named() -> None:
    assert rules.unknown_permissions(["people.manage", "people.fly"]) == ["people.fly"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("98200 12345", "+919820012345"),
        ("+91 98200-12345", "+919820012345"),
        ("+971 50 123 4567", "+971501234567"),
        ("", None),
        ("12", None),
        ("call me", None),
        ("9" * 41, None),
    ],
)
def test_a_phone_is_kept_with_its_country(typed: str, kept: str | None) -> None:
    assert rules.normal_phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" Meera@Example.ORG ", "meera@example.org"), ("meera", None), ("", None), ("a" * 300 + "@example.org", None)],
)
def test_an_email_is_kept_in_small_letters(typed: str, kept: str | None) -> None:
    assert rules.normal_email(typed) == kept
