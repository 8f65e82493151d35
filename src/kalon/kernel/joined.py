"""Two records of one person are read together: whose rows those are, and where new ones may not begin.

A join is a row of `patients_merge` and moves nothing: every row stays with the record, and under the key, that it
was written for. `filter(patient_id__person=pk)` finds the rows of all records of a person, whichever of them `pk`
is; the policies of the portal ask `kalon_patients()` in the same way. A record that was joined into another takes
nothing new: each patient table refuses it, except those below, which only carry on what was begun before.
"""

from typing import Any

from django.db.models import Lookup, UUIDField
from django.db.models.fields.related import ForeignObject

# What still happens on the papers of a record that was joined into another. Everything else begins on the one kept.
CARRY_ON = (
    "kernel_auditevent", "messaging_message", "messaging_answer",  # the log, and what is said about old papers
    "patients_registration",
    "papers_signedpaper", "documents_piece", "photos_piece", "photos_pair", "photos_alignment",
    "scheduling_arrival", "scheduling_call",
    "consultations_addendum", "consultations_noteversion", "consultations_alertseen",
    "orders_orderedtest", "orders_result", "orders_review",  # results that come in late
    "plans_planline", "plans_proceduresession", "consents_signature", "consents_coveredline", "consents_sectionread",
    "consents_question", "charts_point", "charts_setting", "plans_treatmentrecord", "plans_treatmentparameter",
    "plans_complication", "plans_sessionaddendum",
    "ledger_entry", "ledger_posting", "ledger_balance",
    "billing_billline", "billing_payment", "billing_paymentallocation", "billing_creditnote", "billing_refund",
    "billing_gatewaycall", "billing_writeoff",
    "pricing_discountuse", "pricing_pointsentry", "pricing_discountapproval", "pricing_shownprice",
    "prescribing_prescriptionitem", "prescribing_keptfinding", "prescribing_dispensedline", "inventory_movement",
    "inventory_reservation", "inventory_implant", "inventory_recalltask",  # of plans that were made before
    "quotes_quote", "quotes_quoteoption", "quotes_quoteline", "quotes_acceptance", "quotes_selfpaywaiver",
    "quotes_moneywaiver", "quotes_question",  # what a plan costs, wherever that plan was written
    "tills_checkout", "tills_checkoutpart",
    "entitlements_use", "entitlements_settlement", "entitlements_vouchermove", "entitlements_membershipmove",
    "installments_paymentplan", "installments_installment", "installments_financing",  # of those quotes
)  # fmt: skip

GUARD = "patients_record_joined"  # the constraint a refusal names

_READS = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

JOINED_SQL = f"""
-- The records that are one person's, the one that was kept first; only of the clinic that asks.
CREATE OR REPLACE FUNCTION kalon_records_of(a_patient uuid) RETURNS uuid[] LANGUAGE plpgsql STABLE {_READS} AS $body$
DECLARE
    here uuid := public.kalon_organization();
    kept uuid := a_patient;
BEGIN
    SELECT survivor_id INTO kept FROM public.patients_merge
        WHERE absorbed_id = a_patient AND status = 'MERGED' AND organization_id = here;
    kept := COALESCE(kept, a_patient);
    IF kept IS NULL THEN RETURN NULL; END IF;
    RETURN kept || ARRAY(SELECT absorbed_id FROM public.patients_merge
        WHERE survivor_id = kept AND status = 'MERGED' AND organization_id = here ORDER BY id);
END $body$;

-- The records of the patient of the verified context: what the policies of the portal open.
CREATE OR REPLACE FUNCTION kalon_patients() RETURNS uuid[] LANGUAGE sql STABLE AS
    $body$ SELECT kalon_records_of(kalon_patient()) $body$;

-- No new row begins on a record that was joined into another. The lock makes a join and a new row take turns.
CREATE OR REPLACE FUNCTION kalon_not_joined() RETURNS trigger LANGUAGE plpgsql {_READS} AS $body$
DECLARE kept text;
BEGIN
    PERFORM 1 FROM public.patients_patient WHERE id = NEW.patient_id FOR KEY SHARE;
    SELECT p.mrn INTO kept FROM public.patients_merge m JOIN public.patients_patient p ON p.id = m.survivor_id
        WHERE m.absorbed_id = NEW.patient_id AND m.status = 'MERGED';
    IF FOUND THEN
        RAISE EXCEPTION 'This record was joined into %. Open that record and write it there.', kept
            USING ERRCODE = 'check_violation', CONSTRAINT = '{GUARD}';
    END IF;
    RETURN NEW;
END $body$;

ALTER FUNCTION kalon_records_of(uuid) OWNER TO kalon_reviewed;
ALTER FUNCTION kalon_not_joined() OWNER TO kalon_reviewed;
SET ROLE kalon_reviewed;
REVOKE ALL ON FUNCTION kalon_records_of(uuid), kalon_not_joined() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kalon_records_of(uuid) TO kalon_app, kalon_portal;
GRANT EXECUTE ON FUNCTION kalon_not_joined() TO kalon_owner;
RESET ROLE;
"""  # noqa: S608  (no value from outside)

JOINED_SQL_BACK = "DROP FUNCTION kalon_patients(), kalon_records_of(uuid), kalon_not_joined() CASCADE"

# Policies that an earlier version made for one record alone.
POLICIES_SQL = r"""
DO $body$
DECLARE
    one record;
    alone text := '(\w+) = \( SELECT kalon_patient\(\) AS kalon_patient\)';
    all_of_them text := '\1 = ANY ((SELECT kalon_patients())::uuid[])';
BEGIN
    FOR one IN SELECT policyname, tablename, qual, with_check FROM pg_policies WHERE qual ~ alone LOOP
        EXECUTE format('ALTER POLICY %I ON %I USING (%s)', one.policyname, one.tablename,
            regexp_replace(one.qual, alone, all_of_them, 'g'))
            || CASE WHEN one.with_check IS NULL THEN '' ELSE format(' WITH CHECK (%s)',
                regexp_replace(one.with_check, alone, all_of_them, 'g')) END;
    END LOOP;
END $body$;
"""


def install_guards(cursor: Any) -> None:
    """Give every patient table without one the guard of joined records (run by the owner after migrating)."""
    cursor.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'patient_id' "
        "AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'kalon_not_joined')"
    )
    other = "NEW.patient_id IS NOT NULL AND NEW.patient_id IS DISTINCT FROM OLD.patient_id"
    for (table,) in cursor.fetchall():
        if table in CARRY_ON:
            continue
        for name, event, when in (
            ("kalon_not_joined", "INSERT", "NEW.patient_id IS NOT NULL"),
            ("kalon_not_joined_later", "UPDATE OF patient_id", other),
        ):
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION kalon_not_joined()"
            )


class OfPerson(Lookup[Any]):
    """`patient_id__person=pk`: rows of every record of the person whose record `pk` is, in the same statement."""

    lookup_name = "person"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        value, more = self.process_rhs(compiler, connection)
        # in a sub-select, so that it is asked once and not for each row
        return f"{column} = ANY ((SELECT kalon_records_of({value}))::uuid[])", (*params, *more)


ForeignObject.register_lookup(OfPerson)
UUIDField.register_lookup(OfPerson)
