"""Database rules as constraints: a trigger is declared on the model it guards.

Our own few lines rather than a library: the library's triggers can be switched off by any SQL session with
one setting (`docs/adr/0003`). These cannot: there is no switch, and the app role does not own the table.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Model
from django.db.models.constraints import BaseConstraint


class Declared(BaseConstraint):
    """A rule of the database that follows its table: subclasses say what SQL makes and removes it."""

    options: tuple[str, ...] = ()

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, _args, _kwargs = super().deconstruct()
        return path, (), {"name": self.name, **{option: getattr(self, option) for option in self.options}}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Declared) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__

    def make(self, table: str) -> str:
        raise NotImplementedError(f"{type(self).__name__} must say its SQL.")

    def unmake(self, table: str) -> str:
        raise NotImplementedError(f"{type(self).__name__} must say how it is removed.")

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert model is not None
        return self.make(model._meta.db_table)

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert model is not None
        return self.unmake(model._meta.db_table)

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """These cannot stand inside CREATE TABLE, so they follow it."""
        assert model is not None and schema_editor is not None
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to check in Python: the database sees every write, this only some."""


class Trigger(Declared):
    """A PL/pgSQL trigger: `events` as in "BEFORE INSERT OR UPDATE", `body` between BEGIN and END.

    The body may raise with `CONSTRAINT = '<name>'`, and `refusing({...})` turns that name into a sentence.
    """

    options: tuple[str, ...] = ("events", "body", "declare", "level")

    def __init__(self, *, name: str, events: str, body: str, declare: str = "", level: str = "ROW") -> None:
        super().__init__(name=name)
        self.events, self.body, self.declare, self.level = events, body, declare, level

    def make(self, table: str) -> str:
        declare = f"DECLARE {self.declare}" if self.declare else ""
        constraint = "CONSTRAINT" if self.events.startswith("DEFERRED") else ""
        events = self.events.removeprefix("DEFERRED ")
        deferrable = "DEFERRABLE INITIALLY DEFERRED" if constraint else ""
        return (
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $trigger$\n"
            f"{declare}\nBEGIN\n{self.body}\nEND $trigger$;\n"
            f"CREATE {constraint} TRIGGER {self.name} {events} ON {table} {deferrable} "
            f"FOR EACH {self.level} EXECUTE FUNCTION {self.name}()"
        )

    def unmake(self, table: str) -> str:
        return f"DROP TRIGGER IF EXISTS {self.name} ON {table}; DROP FUNCTION IF EXISTS {self.name}()"


def append_only(table: str, *, name: str) -> tuple[Trigger, Trigger]:
    """Two rules that make a table a log: no row changes, none leaves, not even all at once."""
    refusal = (
        f"RAISE EXCEPTION 'rows of {table} are never changed or removed; add a new row that corrects the old' "
        f"USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';"
    )
    return (
        Trigger(name=name, events="BEFORE UPDATE OR DELETE", body=refusal),
        Trigger(name=f"{name}_truncate", events="BEFORE TRUNCATE", body=refusal, level="STATEMENT"),
    )


class TriggerOn(Trigger):
    """A rule of one table that another has to keep: declared where the rule belongs, it stands on `table`."""

    options = (*Trigger.options, "table")

    def __init__(self, *, table: str, **rule: Any) -> None:
        super().__init__(**rule)
        self.table = table

    def make(self, table: str) -> str:
        return super().make(self.table)

    def unmake(self, table: str) -> str:
        return super().unmake(self.table)
