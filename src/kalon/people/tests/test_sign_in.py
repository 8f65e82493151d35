"""Signing in: by password, by code, through the API; counted, logged, and telling a stranger nothing."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from kalon.kernel import events
from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.people import actions
from kalon.people import queries as people
from kalon.people.events import SignInCodeRequested
from kalon.people.models import User
from kalon.people.tests.factories import Clinic, clinic

pytestmark = pytest.mark.django_db
PASSWORD = "porcelain-lotus-42"
WRONG = "the-wrong-password"


@pytest.fixture(autouse=True)
def no_tries_yet(db: None) -> None:
    cache.clear()


@pytest.fixture
def asha(here: Clinic) -> User:
    """A doctor with a password and a phone."""
    staff = actions.add_staff(
        "Dr Asha Kulkarni",
        kind="DOCTOR",
        email="asha@clinic.example",
        phone="+919820012345",
        password=PASSWORD,
        roles={None: ["doctor"]},
        by=here.owner,
    )
    assert staff.user is not None
    return staff.user


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> list[SignInCodeRequested]:
    """What was announced, with nobody else listening."""
    told: list[SignInCodeRequested] = []
    monkeypatch.setitem(events._reactions, SignInCodeRequested, [told.append])
    return told


def _try(client: Client, login: str, password: str) -> HttpResponse:
    return client.post("/accounts/login/", {"login": login, "password": password})  # type: ignore[return-value]


def _log(here: Clinic, kind: str) -> list[dict[str, Any]]:
    with acting_as(here.owner):
        return list(AuditEvent.objects.filter(kind=kind).order_by("id").values("user_id", "facts", "actor_name"))


@pytest.mark.parametrize("login", ["asha@clinic.example", "ASHA@clinic.example", "+91 98200 12345", "98200 12345"])
def test_an_email_or_a_phone_and_the_password_open_the_door(
    client: Client, here: Clinic, asha: User, login: str
) -> None:
    answer = _try(client, login, PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(asha.pk)
    assert _log(here, "SIGN_IN") == [
        {"user_id": asha.pk, "facts": {"method": "password"}, "actor_name": "Dr Asha Kulkarni"}
    ]


def test_a_wrong_password_is_logged_and_says_no_more_than_an_unknown_address(
    client: Client, here: Clinic, asha: User
) -> None:
    known = _try(client, "asha@clinic.example", WRONG)
    unknown = _try(client, "nobody@clinic.example", WRONG)
    assert known.status_code == unknown.status_code == 200
    assert _errors(known) == _errors(unknown) != []
    assert [row["facts"]["known"] for row in _log(here, "SIGN_IN_FAILED")] == [True, False]
    assert "_auth_user_id" not in client.session


def test_after_five_wrong_tries_the_right_password_waits_too(client: Client, asha: User) -> None:
    for _ in range(5):
        _try(client, "asha@clinic.example", WRONG)
    for login in ("asha@clinic.example", "+919820012345"):
        answer = _try(client, login, PASSWORD)
        assert "_auth_user_id" not in client.session
        assert "Too many" in str(_errors(answer))


def test_one_phone_s_wrong_tries_do_not_lock_another_s(client: Client, asha: User) -> None:
    for _ in range(6):
        _try(client, "+919820099999", WRONG)
    assert _try(client, "+919820012345", PASSWORD).status_code == 302


def test_who_left_does_not_sign_in(client: Client, here: Clinic, asha: User) -> None:
    _try(client, "asha@clinic.example", PASSWORD)
    actions.let_go(asha.staff.pk, by=here.owner)
    client.get("/settings/tokens")
    assert client.get("/settings/tokens").status_code != 200
    _try(Client(), "asha@clinic.example", PASSWORD)
    assert len(_log(here, "SIGN_IN")) == 1


def test_sign_up_is_closed_and_leads_to_registration(client: Client, here: Clinic) -> None:
    for answer in (
        client.get("/accounts/signup/"),
        client.post("/accounts/signup/", {"email": "new@clinic.example", "password1": PASSWORD}),
    ):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/register")
    assert not User.objects.filter(email="new@clinic.example").exists()


# -- one-time codes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed", "channel", "destination"),
    [
        ("email", "asha@clinic.example", "EMAIL", "asha@clinic.example"),
        ("phone", "98200 12345", "SMS", "+919820012345"),
    ],
)
def test_a_code_is_announced_and_opens_the_door(
    client: Client, asha: User, codes: list[SignInCodeRequested], field: str, typed: str, channel: str, destination: str
) -> None:
    assert client.post("/accounts/login/code/", {field: typed}).status_code == 302
    (told,) = codes
    assert (told.channel, told.destination, told.user_id, told.purpose) == (channel, destination, asha.pk, "sign-in")
    assert told.organization_id == asha.organization_id
    client.post("/accounts/login/code/confirm/", {"code": told.code})
    assert client.session["_auth_user_id"] == str(asha.pk)


def test_three_wrong_codes_and_the_right_one_is_worth_nothing(
    client: Client, asha: User, codes: list[SignInCodeRequested]
) -> None:
    client.post("/accounts/login/code/", {"email": "asha@clinic.example"})
    for _ in range(3):
        client.post("/accounts/login/code/confirm/", {"code": "000000"})
    client.post("/accounts/login/code/confirm/", {"code": codes[0].code})
    assert "_auth_user_id" not in client.session


def test_codes_are_asked_for_three_times_in_ten_minutes(asha: User, codes: list[SignInCodeRequested]) -> None:
    for _ in range(6):
        Client().post("/accounts/login/code/", {"email": "asha@clinic.example"})
    assert len(codes) == 3


def test_asking_for_a_code_says_nothing_of_who_is_known(
    client: Client, asha: User, codes: list[SignInCodeRequested]
) -> None:
    known = client.post("/accounts/login/code/", {"email": "asha@clinic.example"})
    unknown = Client().post("/accounts/login/code/", {"email": "nobody@clinic.example"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert len(codes) == 1


def test_a_forgotten_password_is_set_anew_by_a_code(
    client: Client, asha: User, codes: list[SignInCodeRequested]
) -> None:
    client.post("/accounts/password/reset/", {"email": "asha@clinic.example"})
    (told,) = codes
    assert told.purpose == "password-reset"
    client.post("/accounts/password/reset/confirm/", {"code": told.code})
    new = "another-lotus-77"
    client.post("/accounts/password/reset/complete/", {"password1": new, "password2": new})
    asha.refresh_from_db()
    assert asha.check_password(new)


# -- through the API --------------------------------------------------------------------------------------------


def _api(client: Client, **body: str) -> HttpResponse:
    return client.post("/api/sign-in", body, content_type="application/json")  # type: ignore[return-value]


def test_the_api_gives_a_token_for_a_password(client: Client, here: Clinic, asha: User) -> None:
    answer = _api(client, login="asha@clinic.example", password=PASSWORD)
    assert answer.status_code == 201
    me = client.get("/api/me", headers={"Authorization": f"Bearer {answer.json()['token']}"})  # type: ignore[attr-defined]
    assert (me.json()["name"], me.json()["role_label"]) == ("Dr Asha Kulkarni", "Doctor")
    assert "consultations.conduct" in me.json()["permissions"]
    assert [row["facts"] for row in _log(here, "SIGN_IN")] == [{"method": "password"}]


def test_the_api_refuses_and_counts(client: Client, here: Clinic, asha: User) -> None:
    answers = [_api(client, login="asha@clinic.example", password=WRONG) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2
    assert answers[-1].headers["Content-Type"] == "application/problem+json"
    assert _api(client, login="asha@clinic.example", password=PASSWORD).status_code == 429
    assert len(_log(here, "SIGN_IN_FAILED")) == 5


def test_an_authenticator_app_is_asked_for_by_the_api_too(client: Client, asha: User) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time

    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(asha, secret)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator WHERE user_id = %s", [asha.pk])
        assert secret not in cursor.fetchone()[0]
    assert _api(client, login="asha@clinic.example", password=PASSWORD).status_code == 422
    assert _api(client, login="asha@clinic.example", password=PASSWORD, code="000000").status_code == 422
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert _api(client, login="asha@clinic.example", password=PASSWORD, code=code).status_code == 201


@pytest.mark.parametrize("login", ["", "x" * 10_000, "‮asha", "asha@clinic.example\x00", "';--"])
def test_nonsense_is_refused_with_a_sentence(client: Client, asha: User, login: str) -> None:
    answer = _api(client, login=login, password=PASSWORD)
    assert answer.status_code in (401, 422)
    assert answer.json()["detail"]  # type: ignore[attr-defined]


def _errors(answer: Any) -> list[str]:
    form = answer.context["form"]
    return [str(error) for errors in form.errors.values() for error in errors]


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/reset/"])
def test_the_door_bears_the_name_of_the_clinic(client: Client, here: Clinic, path: str) -> None:
    with acting_as(here.owner):
        name = people.organization(seen_by=here.owner).name
    page = client.get(path).content.decode()
    assert f"· {name}</title>" in page


def test_one_s_own_account_bears_the_name_of_one_s_clinic(client: Client, here: Clinic, asha: User) -> None:
    other = clinic(roles=["owner"], name="Northside Skin", code="NS")
    client.force_login(asha, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/accounts/2fa/").content.decode()
    with acting_as(other.owner):
        assert people.organization(seen_by=other.owner).name not in page
    with acting_as(here.owner):
        assert people.organization(seen_by=here.owner).name in page
