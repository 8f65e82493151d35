"""Who may reach a table's rows, declared on the model and enforced by PostgreSQL row security.

`RowSecurity` is a constraint like any other: `makemigrations` sees it, so a table cannot drift from
what its model says. It emits the policies and the grants of the two roles that people act through.
"""

from kalon.kernel.triggers import Declared

ALL = "SELECT, INSERT, UPDATE"


def _theirs(column: str) -> str:
    """Rows of the patient who acts, of all records that are theirs (`kalon.kernel.joined`)."""
    return f"{column} = ANY ((SELECT kalon_patients())::uuid[])"


class RowSecurity(Declared):
    """Row-level security and grants of one table.

    `tenant`: the column that names the organisation. `patient`: the column that names the patient, whose
    rows the patient may then reach. `app` and `portal` list the SQL privileges of staff and of patients:
    nobody may DELETE or TRUNCATE unless it is written here. A `portal` without a `patient` opens the
    organisation's rows to anybody in front of its pages (services, branches); `portal_where` narrows it.
    `reviewed`: what the few reviewed functions that read across rows may do (search).
    """

    options = ("tenant", "patient", "app", "portal", "portal_where", "reviewed")

    def __init__(
        self,
        *,
        name: str,
        tenant: str = "organization_id",
        patient: str = "",
        app: str = ALL,
        portal: str = "",
        portal_where: str = "",
        reviewed: str = "",
    ) -> None:
        super().__init__(name=name)
        self.tenant, self.patient, self.app = tenant, patient, app
        self.portal, self.portal_where, self.reviewed = portal, portal_where, reviewed

    def make(self, table: str) -> str:
        staff = f"{self.tenant} = (SELECT kalon_staff_organization())"
        lines = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY staff ON {table} TO kalon_app USING ({staff}) WITH CHECK ({staff})",
            f"REVOKE ALL ON {table} FROM kalon_app, kalon_portal, PUBLIC",
            f"GRANT {self.app} ON {table} TO kalon_app",
        ]
        if self.portal:
            rows = self._portal_rows()
            lines += [
                f"CREATE POLICY portal ON {table} TO kalon_portal USING ({rows}) WITH CHECK ({rows})",
                f"GRANT {self.portal} ON {table} TO kalon_portal",
            ]
        if self.reviewed:
            lines += [
                f"CREATE POLICY reviewed ON {table} TO kalon_reviewed USING (true) WITH CHECK (true)",
                f"GRANT {self.reviewed} ON {table} TO kalon_reviewed",
            ]
        return ";\n".join(lines)

    def _portal_rows(self) -> str:
        rows = [f"{self.tenant} = (SELECT kalon_organization())"]
        if self.patient:
            rows.append(_theirs(self.patient))
        if self.portal_where:
            rows.append(f"({self.portal_where})")
        return " AND ".join(rows)

    def unmake(self, table: str) -> str:
        drops = "; ".join(f"DROP POLICY IF EXISTS {policy} ON {table}" for policy in ("staff", "portal", "reviewed"))
        return (
            f"{drops}; REVOKE ALL ON {table} FROM kalon_app, kalon_portal, kalon_reviewed; "
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
        )


class Shared(Declared):
    """A table that every clinic reads and nobody writes but whoever installs (classifications, reference data)."""

    def make(self, table: str) -> str:
        people = "kalon_app, kalon_portal"
        return f"REVOKE ALL ON {table} FROM {people}, PUBLIC; GRANT SELECT ON {table} TO {people}"

    def unmake(self, table: str) -> str:
        return f"REVOKE ALL ON {table} FROM kalon_app, kalon_portal"


class PortalChanges(Declared):
    """The few columns of their own rows that patients may change themselves; `RowSecurity` says which rows."""

    options = ("columns",)

    def __init__(self, *, name: str, columns: tuple[str, ...]) -> None:
        super().__init__(name=name)
        self.columns = tuple(columns)

    def make(self, table: str) -> str:
        return f"GRANT UPDATE ({', '.join(self.columns)}) ON {table} TO kalon_portal"

    def unmake(self, table: str) -> str:
        return f"REVOKE UPDATE ({', '.join(self.columns)}) ON {table} FROM kalon_portal"


class PortalReads(Declared):
    """The columns that patients may read, of rows about themselves alone.

    For a table whose rows everybody in front of the pages may add to (the log): the policy narrows what
    `RowSecurity` opened, it never widens it.
    """

    options = ("columns", "patient")

    def __init__(self, *, name: str, columns: tuple[str, ...], patient: str = "patient_id") -> None:
        super().__init__(name=name)
        self.columns, self.patient = tuple(columns), patient

    def make(self, table: str) -> str:
        return (
            f"CREATE POLICY {self.name} ON {table} AS RESTRICTIVE FOR SELECT TO kalon_portal "
            f"USING ({_theirs(self.patient)});\n"
            f"GRANT SELECT ({', '.join(self.columns)}) ON {table} TO kalon_portal"
        )

    def unmake(self, table: str) -> str:
        taken = f"REVOKE SELECT ({', '.join(self.columns)}) ON {table} FROM kalon_portal"  # noqa: S608
        return f"{taken}; DROP POLICY IF EXISTS {self.name} ON {table}"


class SameOrganization(Declared):
    """A reference may only point inside the row's own organisation.

    Row security does not see foreign keys, so without this a row could name another clinic's patient. The
    target table carries `UNIQUE (organization_id, id)`. With `through=("organization_id", "patient_id")` a
    bill cannot name one patient and the appointment of another; the target then carries that unique key.
    """

    options = ("field", "to", "through")

    def __init__(self, *, name: str, field: str, to: str, through: tuple[str, ...] = ("organization_id",)) -> None:
        super().__init__(name=name)
        self.field, self.to, self.through = field, to, tuple(through)

    def make(self, table: str) -> str:
        target, shared = self.to.replace(".", "_").lower(), ", ".join(self.through)
        return (
            f"ALTER TABLE {table} ADD CONSTRAINT {self.name} FOREIGN KEY ({shared}, {self.field}) "
            f"REFERENCES {target} ({shared}, id)"
        )

    def unmake(self, table: str) -> str:
        return f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {self.name}"
