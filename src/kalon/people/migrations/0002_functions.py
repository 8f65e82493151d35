"""Reviewed functions that look above one organisation, and what the app may do with the tables of sign-in."""

from django.db import migrations

from kalon.people.models.functions import (
    FUNCTIONS_SQL,
    FUNCTIONS_SQL_BACK,
    SIGN_IN_TABLES_SQL,
    SIGN_IN_TABLES_SQL_BACK,
)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("account", "__latest__"),
        ("admin", "__latest__"),
        ("contenttypes", "__latest__"),
        ("auth", "__latest__"),
        ("mfa", "__latest__"),
        ("sessions", "__latest__"),
        ("usersessions", "__latest__"),
    ]
    operations = [
        migrations.RunSQL(FUNCTIONS_SQL, FUNCTIONS_SQL_BACK),
        migrations.RunSQL(SIGN_IN_TABLES_SQL, SIGN_IN_TABLES_SQL_BACK),
    ]
