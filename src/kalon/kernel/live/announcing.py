"""What the database says when something changed: where, of which sort, of which day; never of whom."""

import json
from collections.abc import Sequence

from django.db import connection

from kalon.kernel.live.tickets import mark_of
from kalon.kernel.triggers import Trigger

CHANNEL = "kalon_live"


class Announces(Trigger):
    """A table that tells open screens of its changes, when the transaction that made them is committed.

    `topic` is what screens listen for; `place` and `day` are SQL expressions over `{row}` (the organisation is the
    row's own). `columns` are those that screens show; without them, all are. A row that moves is announced where it
    was and where it is; the same words are said once for each transaction, however many rows changed.
    """

    options = ("topic", "place", "day", "columns")

    def __init__(
        self,
        *,
        name: str,
        topic: str,
        place: str = "NULL::uuid",
        day: str = "NULL::date",
        columns: Sequence[str] = (),
    ) -> None:
        self.topic, self.place, self.day, self.columns = topic, place, day, tuple(columns)
        before, after = (
            f"({', '.join(f'{row}.{column}' for column in self.columns)})" if columns else row for row in ("OLD", "NEW")
        )
        body = f"""
    IF TG_OP = 'UPDATE' THEN
        IF {after} IS NOT DISTINCT FROM {before} THEN RETURN NULL; END IF;
        {self._say("OLD")}
    END IF;
    {self._say("NEW")}
    RETURN NULL;"""
        super().__init__(name=name, events="AFTER INSERT OR UPDATE", body=body)

    def _say(self, row: str) -> str:
        place, day = self.place.format(row=row), self.day.format(row=row)
        return (
            f"PERFORM pg_notify('{CHANNEL}', json_build_object('organization', {row}.organization_id, "
            f"'topic', '{self.topic}', 'place', {place}, 'day', {day})::text);"
        )


def end_streams(session_key: str) -> None:
    """End the streams that hang on this (a screen whose link was ended), when the transaction is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"over": mark_of(session_key)})])


# A session that is gone (signed out, ended from another device, cleared) takes its streams with it. What is said
# is a hash: whoever listens cannot use it.
SESSIONS_SQL = f"""
CREATE FUNCTION kernel_session_over() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM pg_notify('{CHANNEL}', json_build_object('over',
        encode(sha256(convert_to(OLD.session_key, 'UTF8')), 'hex'))::text);
    RETURN NULL;
END $body$;
CREATE TRIGGER kernel_session_over AFTER DELETE ON django_session
    FOR EACH ROW EXECUTE FUNCTION kernel_session_over();
"""
SESSIONS_SQL_BACK = "DROP TRIGGER kernel_session_over ON django_session; DROP FUNCTION kernel_session_over()"
