"""The rules of stock takes that the database keeps by itself: counted blind, confirmed by somebody else, then sealed.

Who counted and who confirms is who is signed in, whatever is written. What the books said is taken at the moment of the
count, under the lock that every movement takes, so that what moves before or after it is no difference.
"""

from kalon.kernel.triggers import Trigger


def take_has_two_people() -> Trigger:
    """Who ended the count and who confirmed is who is signed in, and they are not one person."""
    return Trigger(
        name="inventory_stocktake_two_people",
        events="BEFORE INSERT OR UPDATE",
        declare="left_over integer;",
        body="""
    IF TG_OP = 'INSERT' THEN
        NEW.counted_by_id := NULL; NEW.confirmed_by_id := NULL;
        RETURN NEW;
    END IF;
    IF (NEW.location_id, NEW.number, NEW.created_at, NEW.organization_id)
        IS DISTINCT FROM (OLD.location_id, OLD.number, OLD.created_at, OLD.organization_id) THEN
        RAISE EXCEPTION 'a stock take stays at its place'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_stocktake_fixed';
    END IF;
    NEW.counted_by_id := CASE WHEN NEW.status = OLD.status THEN OLD.counted_by_id
        WHEN NEW.status = 'COUNTED' THEN kalon_user() WHEN NEW.status = 'COUNTING' THEN NULL
        ELSE OLD.counted_by_id END;
    NEW.confirmed_by_id := CASE WHEN NEW.status = 'CONFIRMED' AND OLD.status <> 'CONFIRMED' THEN kalon_user()
        ELSE OLD.confirmed_by_id END;
    IF NEW.status = 'COUNTED' AND OLD.status = 'COUNTING' THEN
        SELECT count(*) INTO left_over FROM inventory_stocktakeline WHERE take_id = NEW.id AND counted IS NULL;
        IF left_over > 0 OR NEW.counted_by_id IS NULL THEN
            RAISE EXCEPTION '% lines are not counted', left_over
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_stocktake_all_counted';
        END IF;
    END IF;
    IF NEW.status <> 'CONFIRMED' OR OLD.status = 'CONFIRMED' THEN RETURN NEW; END IF;
    IF NEW.confirmed_by_id IS NULL OR NEW.confirmed_by_id = NEW.counted_by_id
        OR EXISTS (SELECT FROM inventory_stocktakeline WHERE take_id = NEW.id AND counted_by_id = NEW.confirmed_by_id)
        OR EXISTS (SELECT FROM inventory_stocktakepiece WHERE take_id = NEW.id AND counted_by_id = NEW.confirmed_by_id)
    THEN
        RAISE EXCEPTION 'who counted does not confirm'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_stocktake_same_person';
    END IF;
    IF EXISTS (SELECT FROM inventory_stocktakeline line
            LEFT JOIN inventory_movement moved ON moved.id = line.movement_id
        WHERE line.take_id = NEW.id AND line.counted <> line.book AND (
            line.reason = '' OR (moved.kind, moved.batch_id, moved.quantity) IS DISTINCT FROM
                ('ADJUSTED', line.batch_id, abs(line.counted - line.book))
            OR CASE WHEN line.counted > line.book THEN moved.to_location_id ELSE moved.from_location_id END
                IS DISTINCT FROM NEW.location_id))
        OR EXISTS (SELECT FROM inventory_stocktakepiece piece
            LEFT JOIN inventory_movement moved ON moved.id = piece.movement_id
        WHERE piece.take_id = NEW.id AND piece.found = 'MISSING' AND (
            piece.reason = '' OR (moved.kind, moved.unit_id) IS DISTINCT FROM ('WASTED', piece.unit_id)))
    THEN
        RAISE EXCEPTION 'each difference is adjusted, with its reason'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_stocktake_adjusted';
    END IF;
    RETURN NEW;""",
    )


def line_is_counted() -> Trigger:
    """A line is counted while its take is; who counts is who is signed in, and the books are read at that moment."""
    return Trigger(
        name="inventory_stocktakeline_counted",
        events="BEFORE INSERT OR UPDATE",
        declare="taking record;",
        body="""
    SELECT status, location_id INTO taking FROM inventory_stocktake WHERE id = NEW.take_id;
    IF TG_OP = 'UPDATE' AND (NEW.take_id, NEW.batch_id, NEW.item_id) <> (OLD.take_id, OLD.batch_id, OLD.item_id) THEN
        RAISE EXCEPTION 'a line of a stock take stays with its batch'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_stocktakeline_fixed';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.counted IS NOT DISTINCT FROM OLD.counted AND taking.status <> 'COUNTING' THEN
        NEW.book := OLD.book; NEW.counted_by_id := OLD.counted_by_id; NEW.counted_at := OLD.counted_at;
        RETURN NEW;
    END IF;
    IF taking.status <> 'COUNTING' THEN
        RAISE EXCEPTION 'what was counted stays as it is; have it counted again'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_stocktakeline_counting';
    END IF;
    NEW.movement_id := NULL;
    IF NEW.counted IS NULL THEN
        NEW.book := NULL; NEW.counted_by_id := NULL; NEW.counted_at := NULL;
        RETURN NEW;
    END IF;
    NEW.counted_by_id := kalon_user();
    NEW.counted_at := kalon_now();
    NEW.book := COALESCE((SELECT quantity FROM inventory_balance
        WHERE (location_id, batch_id) = (taking.location_id, NEW.batch_id) FOR UPDATE), 0);
    RETURN NEW;""",
    )


def piece_is_scanned() -> Trigger:
    """A piece is scanned while its take counts; found or unexpected by where it stands, missing when the count ends."""
    return Trigger(
        name="inventory_stocktakepiece_scanned",
        events="BEFORE INSERT OR UPDATE OR DELETE",
        declare="taking record; stands uuid;",
        body="""
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - ARRAY['reason', 'movement_id'] <> to_jsonb(OLD) - ARRAY['reason', 'movement_id'] THEN
            RAISE EXCEPTION 'what was scanned stays as it is'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_stocktakepiece_fixed';
        END IF;
        RETURN NEW;
    END IF;
    SELECT status, location_id INTO taking FROM inventory_stocktake
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.take_id ELSE NEW.take_id END;
    IF taking.status <> 'COUNTING' THEN
        RAISE EXCEPTION 'the count is over; have it counted again'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_stocktakepiece_counting';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    NEW.counted_by_id := kalon_user(); NEW.movement_id := NULL;
    SELECT location_id INTO stands FROM inventory_serialunit WHERE id = NEW.unit_id FOR SHARE;
    IF NEW.found <> 'MISSING' THEN
        NEW.found := CASE WHEN stands = taking.location_id THEN 'FOUND' ELSE 'UNEXPECTED' END;
    ELSIF stands IS DISTINCT FROM taking.location_id THEN
        RAISE EXCEPTION 'only what should stand here is missing'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_stocktakepiece_missing';
    END IF;
    RETURN NEW;""",
    )
