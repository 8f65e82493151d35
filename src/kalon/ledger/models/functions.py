"""The only ways into the books. Not even the application's own role may call them: triggers of the tables that
move money do, with the rights of `kalon_reviewed`.
"""

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

LEDGER_SQL = f"""
-- An entry for a row that moved money; its day is the branch's.
CREATE FUNCTION kalon_ledger_entry(
    a_kind text, a_table text, a_row uuid, an_organization uuid, a_branch uuid, a_patient uuid, an_instant timestamptz
) RETURNS bigint LANGUAGE plpgsql {DEFINER} AS $body$
DECLARE made bigint;
BEGIN
    INSERT INTO ledger_entry (organization_id, branch_id, patient_id, kind, date, occurred_at, currency,
            source_table, source_id, by_user_id, by_name)
        SELECT an_organization, branch.id, a_patient, a_kind,
            (an_instant AT TIME ZONE branch.timezone)::date, an_instant, organization.currency, a_table, a_row,
            kalon_user(), left(COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), 200)
        FROM people_branch branch JOIN people_organization organization ON organization.id = branch.organization_id
        WHERE branch.id = a_branch AND branch.organization_id = an_organization
        RETURNING id INTO made;
    IF made IS NULL THEN
        RAISE EXCEPTION 'money moves at a branch of its organisation'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_same_branch';
    END IF;
    RETURN made;
END $body$;

-- The commonest entry: an amount out of one account into another.
CREATE FUNCTION kalon_ledger_move(
    a_kind text, a_table text, a_row uuid, an_organization uuid, a_branch uuid, a_patient uuid, an_instant timestamptz,
    debited text, credited text, an_amount numeric
) RETURNS void LANGUAGE plpgsql {DEFINER} AS $body$
DECLARE made bigint;
BEGIN
    IF an_amount = 0 THEN RETURN; END IF;
    made := kalon_ledger_entry(a_kind, a_table, a_row, an_organization, a_branch, a_patient, an_instant);
    INSERT INTO ledger_posting (organization_id, entry_id, branch_id, date, account, amount, patient_id)
        SELECT an_organization, made, a_branch, entry.date, side.account, side.amount, a_patient
        FROM ledger_entry entry
            CROSS JOIN (VALUES (debited, an_amount), (credited, -an_amount)) AS side (account, amount)
        WHERE entry.id = made;
END $body$;

-- The currency of an organisation stands once money has moved in it.
CREATE FUNCTION ledger_currency_stands() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $body$
BEGIN
    IF NEW.currency <> OLD.currency AND EXISTS (SELECT FROM ledger_entry WHERE organization_id = NEW.id) THEN
        RAISE EXCEPTION 'money has moved in this currency; it stays'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_currency_stands';
    END IF;
    RETURN NEW;
END $body$;

CREATE TRIGGER ledger_currency_stands BEFORE UPDATE ON people_organization
    FOR EACH ROW EXECUTE FUNCTION ledger_currency_stands();

ALTER FUNCTION kalon_ledger_entry(text, text, uuid, uuid, uuid, uuid, timestamptz) OWNER TO kalon_reviewed;
ALTER FUNCTION kalon_ledger_move(text, text, uuid, uuid, uuid, uuid, timestamptz, text, text, numeric)
    OWNER TO kalon_reviewed;
ALTER FUNCTION ledger_currency_stands() OWNER TO kalon_reviewed;
SET ROLE kalon_reviewed;
REVOKE ALL ON FUNCTION kalon_ledger_entry(text, text, uuid, uuid, uuid, uuid, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION kalon_ledger_move(text, text, uuid, uuid, uuid, uuid, timestamptz, text, text, numeric)
    FROM PUBLIC;
RESET ROLE;
"""  # noqa: S608  (no value from outside)

LEDGER_SQL_BACK = """
DROP TRIGGER ledger_currency_stands ON people_organization;
DROP FUNCTION ledger_currency_stands();
DROP FUNCTION kalon_ledger_move(text, text, uuid, uuid, uuid, uuid, timestamptz, text, text, numeric);
DROP FUNCTION kalon_ledger_entry(text, text, uuid, uuid, uuid, uuid, timestamptz)
"""
