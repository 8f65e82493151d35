"""The reviewed function that finds candidates, and the call of it.

Row security would keep the planner from an index on anything but leakproof operators, so this one function
reads with the rights of `kalon_reviewed` and limits itself to the organisation in the verified context. It
gives ids only; the rows themselves are then read under row security like any others.
"""

from uuid import UUID

from django.db import connection

from kalon.kernel.search.queries import MOST, Query

CANDIDATES_SQL = r"""
CREATE FUNCTION patients_candidates(all_tokens bigint[], any_tokens bigint[], most int) RETURNS TABLE (id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    SET enable_seqscan = on AS $body$
DECLARE
    here uuid := public.kalon_staff_organization();
    conditions text := '';
BEGIN
    -- any_tokens has one row per group; short groups repeat a token. One of each group must be there.
    IF cardinality(all_tokens) > 64 OR cardinality(any_tokens) > 256 THEN
        RAISE EXCEPTION 'too many search tokens' USING ERRCODE = 'program_limit_exceeded';
    END IF;
    IF cardinality(all_tokens) > 0 THEN
        conditions := format(' AND p.search_tokens @> %L::bigint[]', all_tokens);
    END IF;
    FOR place IN 1 .. COALESCE(array_length(any_tokens, 1), 0) LOOP
        conditions := conditions || format(' AND p.search_tokens && %L::bigint[]', any_tokens[place:place]);
    END LOOP;
    IF here IS NULL OR conditions = '' THEN RETURN; END IF;
    -- The few that a short beginning asks for stand everywhere in the table, and reading until they are found beats
    -- reading a long posting list. Anything else goes by the index, whatever the planner guesses about words that
    -- occur together. The setting ends with this function.
    PERFORM set_config('enable_seqscan', CASE WHEN most <= 100 THEN 'on' ELSE 'off' END, true);
    RETURN QUERY EXECUTE format('SELECT p.id FROM public.patients_patient p WHERE p.organization_id = %L::uuid', here)
        || conditions || ' LIMIT ' || LEAST(GREATEST(most, 0), 1500);
END $body$;

ALTER FUNCTION patients_candidates(bigint[], bigint[], int) OWNER TO kalon_reviewed;
SET ROLE kalon_reviewed;
REVOKE ALL ON FUNCTION patients_candidates(bigint[], bigint[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION patients_candidates(bigint[], bigint[], int) TO kalon_app;
RESET ROLE;
"""

CANDIDATES_SQL_BACK = "DROP FUNCTION patients_candidates(bigint[], bigint[], int);"


def candidates(query: Query) -> list[UUID]:
    """The ids of at most 1,500 people who may be meant, the surest first; call inside the actor's unit of work."""
    found: dict[UUID, None] = {}
    with connection.cursor() as cursor:
        for step in query.steps:
            if len(found) >= step.unless:
                continue
            groups = _even(step.any_groups)
            cursor.execute(
                "SELECT id FROM patients_candidates(%s::bigint[], %s::bigint[], %s)",
                [list(step.all_tokens), groups, step.limit],
            )
            found.update((row[0], None) for row in cursor.fetchall())
    return list(found)[:MOST]


def _even(groups: tuple[tuple[int, ...], ...]) -> list[list[int]]:
    """The groups as a rectangle, as PostgreSQL wants a two-dimensional array."""
    groups = tuple(group for group in groups if group)
    width = max((len(group) for group in groups), default=0)
    return [[*group, *([group[0]] * (width - len(group)))] for group in groups]
