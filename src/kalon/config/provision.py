"""From a server to a clinic's database: roles, extensions, tables, the signing key. Repeating it changes nothing."""

import os
from typing import Any

import psycopg
from psycopg import sql

from kalon.config.installation import ROLES, Installation
from kalon.config.postgres import OLDEST, superuser_dsn

EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
ATTRIBUTES = {"kalon_owner": "CREATEDB", "kalon_app": "NOINHERIT", "kalon_portal": ""}


def database(here: Installation) -> None:
    """Make the roles (none of them a superuser), the database and its extensions."""
    name = here.database("kalon_app")["NAME"]
    with psycopg.connect(superuser_dsn(here), autocommit=True) as link:
        if link.info.server_version < OLDEST * 10_000:
            raise SystemExit(
                f"Kalon needs PostgreSQL {OLDEST} or newer; this server is {link.info.server_version // 10_000}."
            )
        link.execute("SELECT pg_advisory_lock(7_100_001)")
        _roles(link, here)
        if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            link.execute(
                sql.SQL("CREATE DATABASE {} OWNER kalon_owner ENCODING 'UTF8' TEMPLATE template0").format(
                    sql.Identifier(name)
                )
            )
    with psycopg.connect(superuser_dsn(here), dbname=name, autocommit=True) as link:
        for extension in EXTENSIONS:
            link.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        link.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        link.execute("GRANT ALL ON SCHEMA public TO kalon_owner")
        link.execute("GRANT USAGE ON SCHEMA public TO kalon_reviewed")


def tables(*, verbosity: int = 0) -> None:
    """Migrate as the owner and give the database the key it checks contexts with. Needs Django to be set up."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from kalon.kernel.tenancy import install_key

    with connections["owner"].cursor() as cursor:
        cursor.execute("GRANT CREATE ON SCHEMA public TO kalon_reviewed")  # it owns the reviewed functions
    call_command("migrate", database="owner", verbosity=verbosity, interactive=False)
    with connections["owner"].cursor() as cursor:
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM kalon_reviewed")
        install_key(cursor.execute, settings.KALON_CONTEXT_KEY)
    connections["owner"].close()


def _roles(link: "psycopg.Connection[Any]", here: Installation) -> None:
    known = {row[0] for row in link.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'kalon\\_%'")}
    if "kalon_reviewed" not in known:
        link.execute("CREATE ROLE kalon_reviewed NOLOGIN")
    for role in ROLES:
        verb = "ALTER" if role in known else "CREATE"
        statement = sql.SQL(f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOBYPASSRLS {ATTRIBUTES[role]} PASSWORD {{}}")
        link.execute(statement.format(sql.Identifier(role), sql.Literal(here.secret(f"role-{role}"))))
    link.execute("GRANT kalon_portal TO kalon_app")
    link.execute("GRANT kalon_reviewed TO kalon_owner")
    if os.environ.get("DATABASE_URL"):
        # The role of the address may not be a superuser: it makes the database for the owner it belongs to.
        link.execute("GRANT kalon_owner TO CURRENT_USER")
