"""The reviewed function that finds candidates, and the call of it.

Row security would keep the planner from an index on anything but leakproof operators, so this one function
reads with the rights of `kalon_reviewed` and limits itself to the organisation in the verified context. It
gives ids only; the rows themselves are then read under row security like any others.

A common name stands in every tenth row, and an index of tokens can only give all of its rows at once. So there are
two: a small one over one patient in sixteen, by the last digit of the random id, and the whole one. What is found
often enough among the few is not looked for among all; what is not is rare, and then all are quickly read.
"""

from uuid import UUID

from django.db import connection

from kalon.kernel.search.queries import MOST, Query

CANDIDATES_SQL = r"""
DROP FUNCTION IF EXISTS patients_candidates(bigint[], bigint[], int);
CREATE FUNCTION patients_candidates(all_tokens bigint[], any_tokens bigint[], most int) RETURNS TABLE (id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    -- Only the two indexes of tokens: the planner overrates how many rows have one of many tokens, and would then
    -- compare each row of the table with each of them (a second at 50,000 patients).
    SET enable_seqscan = off SET enable_indexscan = off AS $body$
DECLARE
    here uuid := public.kalon_staff_organization();
    wanted int := LEAST(GREATEST(most, 0), 1500);
    conditions text := '';
    question text;
    found uuid[];
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
    -- IS TRUE: the organisation is looked at in the rows found, it is no way to find them.
    question := format(
        'SELECT p.id FROM public.patients_patient p WHERE (p.organization_id = %L::uuid) IS TRUE', here) || conditions;
    EXECUTE format('SELECT array_agg(f.id) FROM (%s AND p.id::text LIKE ''%%0'' LIMIT %s) f', question, wanted)
        INTO found;
    IF cardinality(found) >= wanted THEN
        RETURN QUERY SELECT unnest(found);
    ELSE
        RETURN QUERY EXECUTE question || ' LIMIT ' || wanted;
    END IF;
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
