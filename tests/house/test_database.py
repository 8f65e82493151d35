"""The database holds every rule that a model declares: nothing was lost between the model and its migration."""

from django.apps import apps
from django.db import connection
from django.db.models.constraints import BaseConstraint

from kalon.kernel.joined import CARRY_ON
from kalon.kernel.rotation import keyed_models
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger


def names(sql: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {row[0] for row in cursor.fetchall()}


def test_every_declared_rule_stands_in_the_database(db):
    triggers = names("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
    constraints = names("SELECT conname FROM pg_constraint") | names("SELECT indexname FROM pg_indexes")
    guarded = names("SELECT tablename FROM pg_policies")
    missing, seen = [], 0
    for model in apps.get_models():
        for rule in model._meta.constraints:
            table = model._meta.db_table
            kept = {
                Trigger: lambda rule=rule: rule.name in triggers,
                SameOrganization: lambda rule=rule: rule.name in constraints,
                RowSecurity: lambda table=table: table in guarded,
            }
            known = next((check for kind, check in kept.items() if isinstance(rule, kind)), None)
            if known is None and type(rule).__module__.startswith("django.") and isinstance(rule, BaseConstraint):
                known = lambda rule=rule: rule.name in constraints  # noqa: E731
            if known is not None:
                seen += 1
                if not known():
                    missing.append(f"{table}: {rule.name}")
    assert seen > 200
    assert missing == []


def test_every_table_of_a_clinic_is_under_row_security_that_binds_its_owner_too(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE c.relkind = 'r' AND a.attname = 'organization_id' AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
        assert [row[0] for row in cursor.fetchall()] == []


def test_no_role_of_the_application_is_a_superuser_or_passes_row_security(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles "
            "WHERE rolname LIKE 'kalon\\_%' AND (rolsuper OR rolbypassrls OR rolcreaterole)"
        )
        assert cursor.fetchall() == []


def test_the_application_may_delete_or_truncate_only_where_it_is_written(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT table_name FROM information_schema.role_table_grants WHERE grantee IN "
            "('kalon_app', 'kalon_portal') AND privilege_type = 'TRUNCATE'"
        )
        assert cursor.fetchall() == []


def test_every_table_about_a_patient_refuses_new_rows_on_a_joined_record_or_says_why_not(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, count(t.oid) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND starts_with(t.tgname, 'kalon_not_joined') "
            "WHERE c.relkind = 'r' AND a.attname = 'patient_id' GROUP BY relname"
        )
        found = dict(cursor.fetchall())
    assert {table for table, guards in found.items() if guards != 2} == set(CARRY_ON)
    assert len(found) > len(CARRY_ON) + 15


def test_every_row_of_a_patient_is_reached_from_all_records_of_the_person(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, qual FROM pg_policies WHERE qual ~ '= \\( SELECT kalon_patient\\(\\)'")
        assert cursor.fetchall() == []


def test_every_data_key_can_be_wrapped_anew_when_the_master_key_is_turned(db):
    tables = {model._meta.db_table for model in keyed_models()}
    may = names(
        "SELECT table_name FROM information_schema.column_privileges WHERE grantee = 'kalon_app' "
        "AND column_name = 'data_key' AND privilege_type = 'UPDATE'"
    )
    assert len(tables) > 15 and tables - may == set()
