"""Whose rows: the signed, transaction-local context that the database policies read.

One unit of work is one transaction with one context. The context says which organisation, which patient
and which person, and is signed, so that SQL smuggled into a query cannot claim to be somebody else: the
database checks the signature (`kalon_context()`), and without a good one every policy sees nothing.
Settings at session level would leak through a pooler; these end with the transaction.
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction

from kalon.kernel import clock
from kalon.kernel.actors import Actor, Kind
from kalon.kernel.constraints import DEADLOCK, is_spoken, said, speaks, sqlstate
from kalon.kernel.errors import Clash
from kalon.kernel.joined import GUARD

P = ParamSpec("P")
R = TypeVar("R")

VERSION = "k1"
LIFETIME_SECONDS = 900
TRIES = 4  # of a verb that the database ended because two waited for each other
PORTAL_KINDS = frozenset({Kind.PATIENT, Kind.PUBLIC})

speaks(GUARD)

_acting: ContextVar[Actor | None] = ContextVar("kalon_acting", default=None)
_is_within: ContextVar[bool] = ContextVar("kalon_verb", default=False)


def current() -> Actor | None:
    """Who the present transaction acts for, as the database knows it."""
    return _acting.get()


def signed_context(actor: Actor, *, key: bytes | None = None, lifetime: int = LIFETIME_SECONDS) -> str:
    """The actor as a line of text that only the holder of the key can write.

    Fields, split by `|`: version, kind, organisation, patient, user, branch, expiry (epoch seconds), clock
    (epoch seconds when the clock is held, else empty), HMAC-SHA256 in hex.
    """
    held = clock.is_set()
    fields = (
        VERSION,
        actor.kind.value,
        _text(actor.organization_id),
        _text(actor.patient_id),
        _text(actor.user_id),
        _text(actor.branch_id),
        str(int(time.time()) + lifetime),
        f"{held.timestamp():.6f}" if held else "",
    )
    body = "|".join(fields)
    return f"{body}|{hmac.new(key or _key(), body.encode(), hashlib.sha256).hexdigest()}"


@contextmanager
def acting_as(actor: Actor) -> Iterator[Actor]:
    """Open a unit of work for an actor: one transaction that sees their rows and nothing else.

    Inside a patient's unit of work nobody can widen it: a reaction by the system keeps the patient's view.
    """
    outer = _acting.get()
    if outer is not None and connection.in_atomic_block and (outer == actor or outer.is_patient):
        with transaction.atomic():
            yield outer
        return
    nested = connection.in_atomic_block
    with transaction.atomic():
        _enter(actor)
        token = _acting.set(actor)
        try:
            yield actor
        finally:
            _acting.reset(token)
    if nested:  # after the savepoint: it may have been marked to roll back, which undoes the context by itself
        _enter(outer)


def verb(use_case: Callable[P, R]) -> Callable[P, R]:
    """Mark a use case: it runs as one unit of work of the actor who is passed as `by`.

    Of two that wait for each other the database ends one: that one is done again, all of it.
    """

    def once(*args: P.args, **kwargs: P.kwargs) -> R:
        by = kwargs["by"]
        assert isinstance(by, Actor)
        try:
            with acting_as(by):
                return use_case(*args, **kwargs)
        except DatabaseError as error:
            if not is_spoken(error.__cause__):
                raise
            raise Clash(said(error.__cause__)) from error  # the guard's own sentence says what to do

    @wraps(use_case)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _is_within.get():
            return once(*args, **kwargs)
        token = _is_within.set(True)
        try:
            for _ in range(TRIES - 1):
                try:
                    return once(*args, **kwargs)
                except OperationalError as error:
                    if sqlstate(error.__cause__) != DEADLOCK:
                        raise
            return once(*args, **kwargs)
        finally:
            _is_within.reset(token)

    run.is_verb = True  # type: ignore[attr-defined]
    return run


def organization_ids() -> list[UUID]:
    """Every organisation's id, for jobs that visit each in turn."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kalon_organizations()")
        return [row[0] for row in cursor.fetchall()]


def install_key(execute: Callable[[str, list[Any]], object], key: bytes) -> None:
    """Give the database the key it checks contexts with (run by the owner when provisioning)."""
    block = key.ljust(64, b"\0") if len(key) <= 64 else hashlib.sha256(key).digest().ljust(64, b"\0")
    inner = bytes(byte ^ 0x36 for byte in block)
    outer = bytes(byte ^ 0x5C for byte in block)
    execute(
        "INSERT INTO kalon_private.context_key (id, inner_pad, outer_pad) VALUES (%s, %s, %s) "
        "ON CONFLICT (id) DO UPDATE SET inner_pad = EXCLUDED.inner_pad, outer_pad = EXCLUDED.outer_pad",
        [VERSION, inner, outer],
    )


def _enter(actor: Actor | None) -> None:
    role = "kalon_portal" if actor and actor.kind in PORTAL_KINDS else "none"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', 'none', true), set_config('kalon.context', %s, true), "
            "set_config('kalon.actor', %s, true), set_config('kalon.origin', %s, true), set_config('role', %s, true)",
            [signed_context(actor) if actor else "", actor.name if actor else "", _origin(actor), role],
        )


def _origin(actor: Actor | None) -> str:
    return f"{actor.origin_ip or ''}|{actor.request_id}" if actor else ""


def _text(value: UUID | None) -> str:
    return str(value) if value else ""


def _key() -> bytes:
    key: bytes = settings.KALON_CONTEXT_KEY
    return key


CONTEXT_SQL = """
CREATE SCHEMA kalon_private;
REVOKE ALL ON SCHEMA kalon_private FROM PUBLIC;
CREATE TABLE kalon_private.context_key (id text PRIMARY KEY, inner_pad bytea NOT NULL, outer_pad bytea NOT NULL);

-- The verified fields of the context, NULL when there is none; a bad signature or an old one is refused aloud.
CREATE FUNCTION kalon_context() RETURNS text[] LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    raw text := current_setting('kalon.context', true);
    parts text[];
    body text;
    pads kalon_private.context_key;
BEGIN
    IF raw IS NULL OR raw = '' THEN RETURN NULL; END IF;
    parts := string_to_array(raw, '|');
    body := left(raw, -65);
    SELECT * INTO pads FROM kalon_private.context_key WHERE id = parts[1];
    IF NOT FOUND OR cardinality(parts) <> 9 OR parts[9] <> encode(
        sha256(pads.outer_pad || sha256(pads.inner_pad || convert_to(body, 'UTF8'))), 'hex')
    THEN
        RAISE EXCEPTION 'the context is not signed by this installation'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'kalon_context_signature';
    END IF;
    IF to_timestamp(parts[7]::bigint) < clock_timestamp() THEN
        RAISE EXCEPTION 'the context has expired; open a new unit of work'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'kalon_context_expired';
    END IF;
    RETURN parts;
END $body$;

CREATE FUNCTION kalon_kind() RETURNS text LANGUAGE sql STABLE AS
    $body$ SELECT (kalon_context())[2] $body$;
CREATE FUNCTION kalon_organization() RETURNS uuid LANGUAGE sql STABLE AS
    $body$ SELECT NULLIF((kalon_context())[3], '')::uuid $body$;
CREATE FUNCTION kalon_patient() RETURNS uuid LANGUAGE sql STABLE AS
    $body$ SELECT NULLIF((kalon_context())[4], '')::uuid $body$;
CREATE FUNCTION kalon_user() RETURNS uuid LANGUAGE sql STABLE AS
    $body$ SELECT NULLIF((kalon_context())[5], '')::uuid $body$;
CREATE FUNCTION kalon_now() RETURNS timestamptz LANGUAGE sql STABLE AS
    $body$ SELECT COALESCE(to_timestamp(NULLIF((kalon_context())[8], '')::double precision), now()) $body$;

-- The organisation whose rows a member of staff (or the system) may reach: nothing inside a patient's context.
CREATE FUNCTION kalon_staff_organization() RETURNS uuid LANGUAGE plpgsql STABLE AS $body$
DECLARE parts text[] := kalon_context();
BEGIN
    IF parts IS NULL OR parts[2] NOT IN ('staff', 'system') OR parts[4] <> '' THEN RETURN NULL; END IF;
    RETURN NULLIF(parts[3], '')::uuid;
END $body$;

GRANT USAGE ON SCHEMA public TO kalon_app, kalon_portal, kalon_reviewed;
"""

CONTEXT_SQL_BACK = """
DROP FUNCTION kalon_staff_organization(), kalon_now(), kalon_user(), kalon_patient(), kalon_organization(),
    kalon_kind(),
    kalon_context();
DROP SCHEMA kalon_private CASCADE;
"""
