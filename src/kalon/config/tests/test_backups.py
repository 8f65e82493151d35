"""A backup is whole, opens nothing by itself, and comes back."""

import subprocess
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.environment import HERE

from kalon.config import postgres
from kalon.config.cli import main
from kalon.kernel.tenancy import acting_as
from kalon.patients import queries
from kalon.patients.tests.factories import patient
from kalon.people.tests.factories import clinic


def test_what_was_backed_up_comes_back_and_opens_with_the_keys(own_database: str, tmp_path: Any, capsys: Any) -> None:
    here = clinic(roles=["frontdesk"])
    kept = patient(here.frontdesk)
    file = tmp_path / "clinic.dump"
    assert main(["backup", str(file)]) == 0
    assert "The master keys are not" in capsys.readouterr().out
    assert file.stat().st_mode & 0o077 == 0
    later = patient(here.frontdesk)
    assert main(["restore", str(file), "--replace-everything"]) == 0
    with acting_as(here.frontdesk):
        found = {row.pk: row.name for row in queries.patients(seen_by=here.frontdesk)}
    assert found == {kept.pk: kept.name}
    assert later.pk not in found


def test_the_key_that_signs_contexts_does_not_leave(own_database: str, tmp_path: Any) -> None:
    file = tmp_path / "clinic.dump"
    main(["backup", str(file)])
    listed = subprocess.run(
        [str(postgres.binaries() / "pg_restore"), "--list", str(file)], capture_output=True, text=True, check=True
    ).stdout
    assert "TABLE DATA public patients_patient" in listed
    assert "TABLE DATA kalon_private context_key" not in listed


@pytest.fixture
def admin() -> Any:
    """The role of a DATABASE_URL that may make roles and databases, and is no superuser."""
    name = "clinic_admin_of_a_test"
    with psycopg.connect(postgres.superuser_dsn(HERE), autocommit=True) as link:
        link.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))
        link.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD 'pw'").format(sql.Identifier(name)))
        yield link, name
        link.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
        link.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_a_role_that_sees_only_some_rows_is_told_so(
    own_database: str, admin: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, name = admin
    for role in ("kalon_owner", "kalon_app", "kalon_portal", "kalon_reviewed"):
        link.execute(sql.SQL("GRANT {} TO {} WITH ADMIN OPTION").format(sql.Identifier(role), sql.Identifier(name)))
    address = f"postgresql://{name}:pw@/{own_database}?host={HERE.socket_dir}&port={postgres.PORT}"
    monkeypatch.setenv("DATABASE_URL", address)
    file = tmp_path / "clinic.dump"
    with pytest.raises(SystemExit, match=f"ALTER ROLE {name} BYPASSRLS"):
        main(["backup", str(file)])
    assert not file.exists()
    link.execute(sql.SQL("ALTER ROLE {} BYPASSRLS").format(sql.Identifier(name)))
    assert main(["backup", str(file)]) == 0
    assert file.stat().st_size > 10_000
