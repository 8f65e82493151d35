"""Human numbers (MRN, bill, receipt): counted per organisation, branch and period, without gaps.

The counter moves in the transaction that uses the number: a rolled-back bill gives its number back.
"""

from uuid import UUID

from django.db import connection

NO_BRANCH = UUID(int=0)


def next_number(kind: str, *, branch_id: UUID | None = None, period: str = "") -> int:
    """The next number of a series of the present organisation; waits for whoever is taking one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kalon_next_number(%s, %s, %s)", [kind, branch_id or NO_BRANCH, period])
        number: int = cursor.fetchone()[0]
    return number


NUMBERS_SQL = """
CREATE FUNCTION kalon_next_number(kind text, branch uuid, period text) RETURNS bigint LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE taken bigint; organization uuid := kalon_organization();
BEGIN
    IF organization IS NULL THEN
        RAISE EXCEPTION 'a number belongs to an organisation' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO kernel_numberseries AS series (organization_id, branch_id, kind, period, last)
        VALUES (organization, branch, kalon_next_number.kind, kalon_next_number.period, 1)
        ON CONFLICT ON CONSTRAINT kernel_numberseries_once DO UPDATE SET last = series.last + 1
        RETURNING series.last INTO taken;
    RETURN taken;
END $body$;
ALTER FUNCTION kalon_next_number(text, uuid, text) OWNER TO kalon_reviewed;
REVOKE ALL ON FUNCTION kalon_next_number(text, uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kalon_next_number(text, uuid, text) TO kalon_app, kalon_portal;
"""
NUMBERS_SQL_BACK = "DROP FUNCTION kalon_next_number(text, uuid, text)"
