"""What the database holds of a lifecycle: births, arrows, history and seals, as triggers."""

from collections.abc import Sequence

from kalon.kernel.lifecycle.moves import Move
from kalon.kernel.triggers import Trigger


def guard_trigger(table: str, *, initial: Sequence[str], moves: Sequence[Move]) -> Trigger:
    """A row is born in a beginning, and its status changes only along an arrow whose conditions hold."""
    births = ", ".join(f"'{state}'" for state in initial)
    arrows = "\n        OR ".join(f"({move.sql()})" for move in moves)
    body = f"""
    IF TG_OP = 'INSERT' THEN
        IF NEW.status IN ({births}) THEN
            NEW.status_at := kalon_now();
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '% is no beginning of {table}', NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_status_moves';
    END IF;
    IF NEW.status = OLD.status THEN
        NEW.status_at := OLD.status_at;
        RETURN NEW;
    END IF;
    IF {arrows}
    THEN
        NEW.status_at := kalon_now();
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% may not become % in {table}', OLD.status, NEW.status
        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_status_moves';"""
    return Trigger(name=f"{table}_status_moves", events="BEFORE INSERT OR UPDATE", body=body)


def history_trigger(table: str, *, patient: str | None) -> Trigger:
    """Each birth and move is written to the log by the database, so no code path can forget it."""
    body = f"""
    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN
        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,
            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)
        VALUES ('MOVE', NEW.organization_id, {f"NEW.{patient}" if patient else "NULL"}, kalon_user(),
            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),
            '{table}', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),
            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,
            COALESCE(current_setting('kalon.reason', true), ''),
            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,
            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{{}}', '');
    END IF;
    RETURN NULL;"""
    return Trigger(name=f"{table}_history", events="AFTER INSERT OR UPDATE", body=body)


def seal_trigger(table: str, *, states: Sequence[str], may_change: Sequence[str]) -> Trigger:
    """In these states only the named columns still move, and the row never leaves."""
    sealed = ", ".join(f"'{state}'" for state in states)
    free = ", ".join(f"'{column}'" for column in may_change)
    body = f"""
    IF OLD.status NOT IN ({sealed}) THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY[{free}] = to_jsonb(OLD) - ARRAY[{free}] THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'this row of {table} is sealed (%); correct it by a new record that names it', OLD.status
        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_sealed';"""
    return Trigger(name=f"{table}_sealed", events="BEFORE UPDATE OR DELETE", body=body)


def seal_children(table: str, *, parent: str, key: str, states: Sequence[str]) -> Trigger:
    """Rows of a sealed parent are sealed with it: none added, changed or removed."""
    sealed = ", ".join(f"'{state}'" for state in states)
    declare = f"parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.{key} ELSE NEW.{key} END; found_status text;"
    body = f"""
    SELECT status INTO found_status FROM {parent} WHERE id = parent_id FOR KEY SHARE;
    IF found_status IN ({sealed}) OR (TG_OP = 'UPDATE' AND OLD.{key} <> NEW.{key}) THEN
        RAISE EXCEPTION '{parent} is % and its rows in {table} are sealed', found_status
            USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_sealed';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;"""
    return Trigger(name=f"{table}_sealed", events="BEFORE INSERT OR UPDATE OR DELETE", body=body, declare=declare)
