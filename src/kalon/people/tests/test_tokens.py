"""Bearer tokens: shown once, kept as a hash, with an end."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from kalon.kernel import actors, clock
from kalon.kernel.errors import Invalid, NotFound
from kalon.kernel.tenancy import acting_as
from kalon.people import actions, queries
from kalon.people.models import AccessToken
from kalon.people.tests.factories import Clinic

pytestmark = pytest.mark.django_db


def test_a_token_acts_as_its_owner(here: Clinic) -> None:
    token = actions.issue_token(here.users["doctor"].email or "", "for the lab", by=actors.system("kalon token"))
    assert queries.actor_for_token(token) == here.doctor


def test_the_token_itself_is_kept_nowhere(here: Clinic) -> None:
    token = actions.issue_own_token("phone", by=here.doctor)
    with acting_as(here.doctor), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_accesstoken t WHERE t::text LIKE %s", [f"%{token}%"])
        assert cursor.fetchone() == (0,)
        assert queries.tokens_of(here.doctor).count() == 1


def test_a_token_ends(here: Clinic) -> None:
    born = datetime(2026, 11, 21, 9, tzinfo=UTC)
    with clock.at(born):
        token = actions.issue_own_token("phone", days=7, by=here.doctor)
        assert queries.user_for_token(token) is not None
    with clock.at(born + timedelta(days=7) - timedelta(seconds=1)):
        assert queries.user_for_token(token) is not None
    with clock.at(born + timedelta(days=7)):
        assert queries.user_for_token(token) is None


def test_a_revoked_token_is_closed_at_once_and_stays_so(here: Clinic) -> None:
    token = actions.issue_own_token("phone", by=here.doctor)
    with acting_as(here.doctor):
        row = queries.tokens_of(here.doctor)[0]
    first = actions.revoke_token(row.pk, by=here.doctor)
    assert queries.user_for_token(token) is None
    assert actions.revoke_token(row.pk, by=here.doctor).revoked_at == first.revoked_at


def test_a_token_is_revoked_by_its_owner_or_who_manages_people(here: Clinic, elsewhere: Clinic) -> None:
    token = actions.issue_own_token("phone", by=here.doctor)
    with acting_as(here.doctor):
        row = queries.tokens_of(here.doctor)[0]
    for stranger in (here.nurse, elsewhere.owner, elsewhere.doctor):
        with pytest.raises(NotFound):
            actions.revoke_token(row.pk, by=stranger)
    assert queries.user_for_token(token) is not None
    actions.revoke_token(row.pk, by=here.owner)
    assert queries.user_for_token(token) is None


@pytest.mark.parametrize("wrong", ["", "x", "x" * 43, "x" * 10_000, "‮abc", "a\x00b"])
def test_a_wrong_token_opens_nothing(here: Clinic, wrong: str) -> None:
    assert queries.user_for_token(wrong) is None


@pytest.mark.parametrize(
    ("label", "days", "field"), [("", 30, "label"), ("x" * 81, 30, "label"), ("x", 0, "days"), ("x", 999, "days")]
)
def test_a_token_needs_a_word_and_an_end(here: Clinic, label: str, days: int, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.issue_own_token(label, days=days, by=here.doctor)
    assert refusal.value.field == field
    with acting_as(here.doctor):
        assert AccessToken.objects.count() == 0


def test_use_is_noted_once_a_minute(here: Clinic) -> None:
    born = datetime(2026, 11, 21, 9, tzinfo=UTC)
    with clock.at(born):
        token = actions.issue_own_token("phone", by=here.doctor)
        queries.user_for_token(token)
    with clock.at(born + timedelta(seconds=30)):
        queries.user_for_token(token)
    with acting_as(here.doctor):
        assert queries.tokens_of(here.doctor)[0].last_used_at == born
