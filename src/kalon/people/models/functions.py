"""SQL that looks above one organisation: each function is small, reviewed, and owned by `kalon_reviewed`."""

_REVIEWED = "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

FUNCTIONS_SQL = f"""
-- Every organisation's id, for jobs that visit each in turn.
CREATE FUNCTION kalon_organizations() RETURNS SETOF uuid {_REVIEWED} AS
    $body$ SELECT id FROM people_organization ORDER BY created_at, id $body$;

-- The organisation whose public pages a host shows: the one with that domain, else the oldest.
CREATE FUNCTION kalon_public_organization(host text) RETURNS uuid {_REVIEWED} AS
    $body$ SELECT id FROM people_organization
        ORDER BY (domain IS NOT DISTINCT FROM lower(host)) DESC, created_at, id LIMIT 1 $body$;

-- Whether an account signs in with this e-mail or phone; says nothing else of it.
CREATE FUNCTION kalon_account_exists(an_email text, a_phone text) RETURNS boolean {_REVIEWED} AS
    $body$ SELECT EXISTS (SELECT 1 FROM people_user
        WHERE email = lower(NULLIF(an_email, '')) OR phone = NULLIF(a_phone, '')) $body$;

ALTER FUNCTION kalon_organizations() OWNER TO kalon_reviewed;
ALTER FUNCTION kalon_public_organization(text) OWNER TO kalon_reviewed;
ALTER FUNCTION kalon_account_exists(text, text) OWNER TO kalon_reviewed;
REVOKE ALL ON FUNCTION kalon_organizations(), kalon_public_organization(text), kalon_account_exists(text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kalon_organizations() TO kalon_app;
GRANT EXECUTE ON FUNCTION kalon_public_organization(text), kalon_account_exists(text, text) TO kalon_app, kalon_portal;
"""  # noqa: S608  (no value from outside)
FUNCTIONS_SQL_BACK = """
DROP FUNCTION kalon_organizations(), kalon_public_organization(text), kalon_account_exists(text, text)
"""

# Counters of failed tries live in one table, so that every server process counts together. It may be lost
# in a crash, and is never backed up.
_SIGN_IN = (
    "django_session, account_emailaddress, account_emailconfirmation, mfa_authenticator, usersessions_usersession"
)
_FRAMEWORK = "django_content_type, auth_permission, auth_group, auth_group_permissions, django_migrations"

SIGN_IN_TABLES_SQL = f"""
CREATE UNLOGGED TABLE people_counter (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
);
CREATE INDEX people_counter_expires ON people_counter (expires);
REVOKE ALL ON people_counter, {_SIGN_IN}, django_admin_log, {_FRAMEWORK} FROM PUBLIC, kalon_app, kalon_portal;
GRANT SELECT, INSERT, UPDATE, DELETE ON people_counter, {_SIGN_IN} TO kalon_app;
GRANT SELECT, INSERT ON django_admin_log TO kalon_app;
GRANT SELECT ON {_FRAMEWORK} TO kalon_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO kalon_app;
"""
SIGN_IN_TABLES_SQL_BACK = f"""
REVOKE ALL ON {_SIGN_IN}, django_admin_log, {_FRAMEWORK} FROM kalon_app;
DROP TABLE people_counter;
"""
