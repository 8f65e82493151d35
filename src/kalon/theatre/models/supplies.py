"""What counts as evidence for photographs, stock and the insurer's word, asked in the database like all evidence."""

SUPPLIES = """
-- A standard view of before the operation, of this plan, while every view that the line names has one.
CREATE OR REPLACE FUNCTION theatre_evidence_photos_photo(line theatre_requirement) RETURNS boolean
LANGUAGE sql STABLE AS $body$
    SELECT line.kind = 'PHOTOS' AND EXISTS (SELECT FROM photos_photo taken
            JOIN theatre_clearance clearance ON clearance.id = line.clearance_id AND clearance.plan_id = taken.plan_id
        WHERE taken.id = line.evidence_id AND taken.stage = 'BEFORE' AND taken.deleted_at IS NULL
            AND taken.corrected_at IS NULL
            AND NOT EXISTS (SELECT FROM unnest(string_to_array(line.subject, ' ')) AS wanted
                WHERE NOT EXISTS (SELECT FROM photos_photo other WHERE other.plan_id = clearance.plan_id
                    AND other.stage = 'BEFORE' AND other.deleted_at IS NULL AND other.corrected_at IS NULL
                    AND other.view = wanted)))
$body$;

-- What a plan takes out of the store and is not put aside for it, fit to be used on a day: items of its kits that it
-- cannot begin without, and a piece with its serial for each implant it names.
CREATE OR REPLACE FUNCTION theatre_stock_short(a_plan uuid, on_day date) RETURNS boolean
LANGUAGE sql STABLE AS $body$
    WITH fit AS (
        SELECT kept.item_id, kept.unit_id, kept.quantity FROM inventory_reservation kept
            JOIN inventory_batch lot ON lot.id = kept.batch_id
        WHERE kept.plan_id = a_plan AND kept.status = 'HELD' AND lot.status = 'AVAILABLE'
            AND (lot.expires_on IS NULL OR lot.expires_on >= on_day)
    ), kit AS (
        SELECT part.item_id, sum(part.quantity * line.quantity) AS needed
            FROM plans_planline line JOIN inventory_kitline part ON part.procedure_id = line.entry_id
        WHERE line.plan_id = a_plan GROUP BY part.item_id HAVING bool_or(part.need = 'REQUIRED')
    )
    SELECT EXISTS (SELECT FROM kit
            WHERE kit.needed > COALESCE((SELECT sum(fit.quantity) FROM fit WHERE fit.item_id = kit.item_id), 0))
        OR (SELECT COALESCE(sum(GREATEST(line.quantity, CASE line.side WHEN 'BOTH' THEN 2 ELSE 1 END)), 0)
            FROM plans_planline line JOIN catalog_procedure entry ON entry.id = line.entry_id
            WHERE line.plan_id = a_plan AND entry.takes_implant)
            > (SELECT count(*) FROM fit WHERE fit.unit_id IS NOT NULL)
$body$;

CREATE OR REPLACE FUNCTION theatre_evidence_inventory_reservation(line theatre_requirement) RETURNS boolean
LANGUAGE sql STABLE AS $body$
    SELECT line.kind = 'INVENTORY' AND EXISTS (SELECT FROM inventory_reservation kept
            JOIN theatre_clearance clearance ON clearance.id = line.clearance_id AND clearance.plan_id = kept.plan_id
        WHERE kept.id = line.evidence_id AND kept.status = 'HELD'
            AND NOT theatre_stock_short(clearance.plan_id, clearance.surgery_date))
$body$;

-- No insurer is asked: the patient signed that they pay themselves.
CREATE OR REPLACE FUNCTION theatre_evidence_quotes_selfpaywaiver(line theatre_requirement) RETURNS boolean
LANGUAGE sql STABLE AS $body$
    SELECT line.kind = 'AUTHORIZATION' AND EXISTS (SELECT FROM quotes_selfpaywaiver signed
            JOIN theatre_clearance clearance ON clearance.id = line.clearance_id
        WHERE signed.id = line.evidence_id AND signed.plan_id = clearance.plan_id)
$body$;
"""
SUPPLIES_OFF = """
DROP FUNCTION theatre_evidence_quotes_selfpaywaiver(theatre_requirement);
DROP FUNCTION theatre_evidence_inventory_reservation(theatre_requirement);
DROP FUNCTION theatre_stock_short(uuid, date);
DROP FUNCTION theatre_evidence_photos_photo(theatre_requirement);
"""
