"""Where each role starts: doctors with their own day, whoever keeps the store with it, others with Today."""

import pytest
from django.test import Client

from kalon.billing.tests.clinic import open_clinic
from kalon.people import actions as people

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def test_where_each_role_starts(db: None) -> None:
    clinic = open_clinic()
    starts = {}
    for role in ("owner", "frontdesk", "nurse", "doctor", "surgeon", "theatre", "inventory", "billing", "provider"):
        member = people.add_staff(
            f"The {role}", kind="OTHER", email=f"{role}@home.example", roles={None: [role]}, by=clinic.system
        )
        client = Client()
        client.force_login(member.user, backend=BACKEND)
        starts[role] = client.get("/").headers["Location"]
    assert {role for role, there in starts.items() if there == "/consultations/my-day"} == {"doctor", "surgeon"}
    assert starts.pop("inventory") == "/inventory"
    assert {there for role, there in starts.items() if role not in ("doctor", "surgeon")} == {starts["frontdesk"]}


@pytest.mark.parametrize("path", ["/"])
def test_a_stranger_signs_in(db: None, path: str) -> None:
    assert Client().get(path).headers["Location"].startswith("/accounts/login")
