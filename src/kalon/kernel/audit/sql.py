"""The reviewed SQL of the log: installed by the kernel's migration, after the tables."""

AUDIT_SQL = r"""
-- One entry as the text that is hashed: JSON with sorted keys, instants in UTC with microseconds.
CREATE FUNCTION kalon_audit_canonical(event kernel_auditevent) RETURNS text LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp AS $body$
    SELECT jsonb_build_object(
        'v', 1, 'id', event.id, 'at', to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'xact', event.xact, 'cluster', event.cluster, 'organization_id', event.organization_id,
        'patient_id', event.patient_id, 'user_id', event.user_id, 'actor_name', event.actor_name,
        'actor_kind', event.actor_kind, 'kind', event.kind, 'subject_table', event.subject_table,
        'subject_id', event.subject_id, 'move', event.move, 'from_state', event.from_state,
        'to_state', event.to_state, 'reason', event.reason, 'purpose', event.purpose,
        'origin_ip', host(event.origin_ip), 'request_id', event.request_id, 'facts', event.facts)::text
$body$;

-- The hashes of a range, across organisations: no content leaves, so the application may call it.
CREATE FUNCTION kalon_audit_leaves(of_cluster bigint, from_xact bigint, to_xact bigint)
    RETURNS TABLE (id bigint, leaf bytea) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $body$
    SELECT e.id, sha256('\x00'::bytea || convert_to(public.kalon_audit_canonical(e), 'UTF8'))
    FROM public.kernel_auditevent e
    WHERE e.cluster = $1 AND e.xact >= $2 AND e.xact < $3 ORDER BY e.id
$body$;

-- All transactions below it are finished, as far as they could write here: those in progress in other databases of this
-- server are left out, so that a long one there does not hold sealing up. One of which nothing is known is waited for.
CREATE FUNCTION kalon_audit_horizon() RETURNS bigint LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp AS $body$
    SELECT LEAST(
        COALESCE(min(running.xid::text::bigint), pg_snapshot_xmax(pg_current_snapshot())::text::bigint),
        pg_current_xact_id_if_assigned()::text::bigint)
    FROM pg_snapshot_xip(pg_current_snapshot()) AS running(xid)
    WHERE NOT EXISTS (
        SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
            AND l.transactionid = running.xid::xid AND a.datname <> current_database())
$body$;

-- The next range to seal: only transactions that are all finished. Rows of another cluster (this database was
-- restored from one) are finished by nature. No row comes back when there is nothing to seal.
CREATE FUNCTION kalon_audit_next(most int) RETURNS TABLE (cluster bigint, from_xact bigint, to_xact bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$
DECLARE
    here bigint := (SELECT system_identifier FROM pg_control_system());
    last_xact bigint;
BEGIN
    SELECT min(e.cluster) INTO cluster FROM public.kernel_auditevent e;
    WHILE cluster IS NOT NULL LOOP
        SELECT COALESCE(max(s.to_xact), 0) INTO from_xact FROM public.kernel_auditseal s
            WHERE s.cluster = kalon_audit_next.cluster;
        IF cluster = here THEN
            to_xact := kalon_audit_horizon();
        ELSE
            SELECT max(e.xact) + 1 INTO to_xact FROM public.kernel_auditevent e
                WHERE e.cluster = kalon_audit_next.cluster;
        END IF;
        SELECT max(batch.xact) INTO last_xact FROM (
            SELECT e.xact FROM public.kernel_auditevent e
            WHERE e.cluster = kalon_audit_next.cluster AND e.xact >= kalon_audit_next.from_xact
                AND e.xact < kalon_audit_next.to_xact
            ORDER BY e.xact LIMIT most) batch;
        IF last_xact IS NOT NULL THEN
            to_xact := last_xact + 1;
            RETURN NEXT;
            RETURN;
        END IF;
        SELECT min(e.cluster) INTO cluster FROM public.kernel_auditevent e WHERE e.cluster > kalon_audit_next.cluster;
    END LOOP;
END $body$;

ALTER FUNCTION kalon_audit_leaves(bigint, bigint, bigint) OWNER TO kalon_reviewed;
ALTER FUNCTION kalon_audit_next(int) OWNER TO kalon_reviewed;
SET ROLE kalon_reviewed;
REVOKE ALL ON FUNCTION kalon_audit_leaves(bigint, bigint, bigint), kalon_audit_next(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kalon_audit_leaves(bigint, bigint, bigint), kalon_audit_next(int) TO kalon_app;
RESET ROLE;
"""

AUDIT_SQL_BACK = """
DROP FUNCTION kalon_audit_next(int), kalon_audit_horizon(), kalon_audit_leaves(bigint, bigint, bigint),
    kalon_audit_canonical(kernel_auditevent);
"""
