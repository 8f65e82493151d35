"""From a server to a clinic's database: roles, extensions, tables, the signing key. Repeating it changes nothing.

`DATABASE_URL` may name any PostgreSQL from version 15 on. Its role needs no superuser's rights: CREATEROLE and
CREATEDB are enough, or a hand has made the database and the roles below, with the passwords in `secrets/`. Roles
belong to the whole server, so two installations on one server have to share their `secrets/`.

    kalon_owner     owns everything, runs migrations; CREATEDB, member of kalon_reviewed
    kalon_app       the web application and the worker; NOINHERIT, member of kalon_portal
    kalon_portal    what a patient's request may do
    kalon_reviewed  owns the few functions that look past one organisation; nobody signs in as it
"""

from typing import Any

import psycopg
from psycopg import sql

from kalon.config.installation import ROLES, Installation
from kalon.config.postgres import OLDEST, superuser_dsn

EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
ATTRIBUTES = {"kalon_owner": "CREATEDB", "kalon_app": "NOINHERIT", "kalon_portal": ""}


PROVISIONING, MIGRATING = 7100001, 7100002  # advisory locks: one command at a time


def database(here: Installation) -> None:
    """Make the roles (none of them a superuser), the database and its extensions."""
    name = here.database("kalon_app")["NAME"]
    with _connect(here, where_all_begin="postgres") as link:
        version = link.info.server_version // 10_000
        if version < OLDEST:
            raise SystemExit(f"Kalon needs PostgreSQL {OLDEST} or newer; the server of DATABASE_URL is {version}.")
        link.execute("SELECT pg_advisory_lock(%s)", [PROVISIONING])
        _roles(link, here)
        _owned(link, name)
    with _connect(here, dbname=name) as link:
        for extension in EXTENSIONS:
            link.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        link.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        link.execute("GRANT ALL ON SCHEMA public TO kalon_owner")
        link.execute("GRANT USAGE ON SCHEMA public TO kalon_reviewed")


def nothing(here: Installation) -> None:
    """Drop the database of an installation, so that it can be made anew."""
    with _connect(here, dbname="postgres") as link:
        name = sql.Identifier(here.database("kalon_app")["NAME"])
        link.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def tables(*, verbosity: int = 0) -> None:
    """Migrate as the owner, guard joined records, give the database its key for contexts. Needs Django to be set up."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    from kalon.config.quick_tables import draw_only_what_is_new
    from kalon.kernel.joined import install_guards
    from kalon.kernel.tenancy import install_key

    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        executor = MigrationExecutor(owner)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            draw_only_what_is_new()
            cursor.execute("GRANT CREATE ON SCHEMA public TO kalon_reviewed")  # it owns the reviewed functions
            call_command("migrate", database="owner", verbosity=verbosity, interactive=False)
            cursor.execute("REVOKE CREATE ON SCHEMA public FROM kalon_reviewed")
            install_guards(cursor)
        install_key(cursor.execute, settings.KALON_CONTEXT_KEY)
    owner.close()


def classifications() -> None:
    """Load the classifications of diseases, where their packages bring another edition than the one there is."""
    from django.db import connections

    from kalon.codes import actions as codes

    codes.load(say=print)
    connections["owner"].close()


def rights() -> None:
    """Give the built-in roles of every clinic what this version adds to them, once. Needs the tables."""
    from kalon.kernel import actors
    from kalon.kernel.tenancy import organization_ids
    from kalon.people.actions import offer_new_rights

    for organization_id in organization_ids():
        offer_new_rights(by=actors.system("the new version", organization_id))


def _connect(
    here: Installation, dbname: str | None = None, *, where_all_begin: str | None = None
) -> "psycopg.Connection[Any]":
    """As the role that may provision; in `where_all_begin` while the database of the address is not there yet."""
    try:
        return psycopg.connect(superuser_dsn(here), autocommit=True, dbname=dbname)
    except psycopg.OperationalError as fault:
        if where_all_begin and "does not exist" in str(fault) and "database" in str(fault):
            return _connect(here, where_all_begin)
        raise SystemExit(f"The database does not answer: {fault}\nCheck DATABASE_URL, or run ./kalon doctor.") from None


def _owned(link: "psycopg.Connection[Any]", name: str) -> None:
    """The clinic's database belongs to kalon_owner, also when it was there before."""
    query = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s"
    owner = link.execute(query, [name]).fetchone()
    if owner is None:
        making = "CREATE DATABASE {} OWNER kalon_owner ENCODING 'UTF8' TEMPLATE template0"
        link.execute(sql.SQL(making).format(sql.Identifier(name)))
    elif owner != ("kalon_owner",):
        link.execute(sql.SQL("ALTER DATABASE {} OWNER TO kalon_owner").format(sql.Identifier(name)))


def _roles(link: "psycopg.Connection[Any]", here: Installation) -> None:
    known = {row[0] for row in link.execute("SELECT rolname FROM pg_roles WHERE starts_with(rolname, 'kalon_')")}
    if "kalon_reviewed" not in known:
        link.execute("CREATE ROLE kalon_reviewed NOLOGIN")
    for role in ROLES:
        password = sql.Literal(here.secret(f"role-{role}"))
        if role not in known:
            making = sql.SQL(f"CREATE ROLE {{}} LOGIN {ATTRIBUTES[role]} PASSWORD {{}}")
            link.execute(making.format(sql.Identifier(role), password))
        elif not _opens(here, role):
            link.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), password))
    _memberships(link)
    strong = "SELECT rolname FROM pg_roles WHERE starts_with(rolname, 'kalon_') AND (rolsuper OR rolbypassrls)"
    if too_strong := [row[0] for row in link.execute(strong)]:
        raise SystemExit(
            f"{', '.join(too_strong)} may pass every guard. Run: ALTER ROLE {too_strong[0]} NOSUPERUSER NOBYPASSRLS"
        )


def _memberships(link: "psycopg.Connection[Any]") -> None:
    wanted = [("kalon_portal", "kalon_app"), ("kalon_reviewed", "kalon_owner")]
    (me,) = link.execute("SELECT current_user").fetchone() or ("",)
    if me not in ("postgres", "kalon_owner"):
        wanted.append(("kalon_owner", me))  # no superuser: it makes the database for an owner it belongs to
    right = (
        "SET" if link.info.server_version >= 160_000 else "MEMBER"
    )  # since 16 who makes a role may not yet act as it
    for role, member in wanted:
        held = link.execute("SELECT pg_has_role(%s, %s, %s)", [member, role, right])
        if held.fetchone() != (True,):
            link.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(member)))


def _opens(here: Installation, role: str) -> bool:
    """Whether the password of `secrets/` is the one the server knows."""
    try:
        psycopg.connect(here.dsn(role)).close()
    except psycopg.OperationalError:
        return False
    return True
