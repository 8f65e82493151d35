"""A signature is one's own: said once, for every table that people sign."""


def in_own_name(column: str, *, rule: str) -> str:
    """The body of a trigger: the member of staff in `column` is who is signed in, or the system acts."""
    return f"""
    IF COALESCE(kalon_kind(), 'sql') <> 'system' AND NOT EXISTS (
        SELECT FROM people_staff WHERE id = NEW.{column} AND user_id = kalon_user()
    ) THEN
        RAISE EXCEPTION 'nobody signs in the name of another'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{rule}';
    END IF;
    RETURN NEW;"""
