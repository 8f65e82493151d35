"""How a table that moves money says so: a trigger that posts with the rights of the books."""

from kalon.kernel.triggers import Trigger


class Posts(Trigger):
    """A trigger that writes to the ledger, whoever moved the row: staff, a patient, a job.

    Its body calls `kalon_ledger_move` (two accounts, one amount) or `kalon_ledger_entry` and inserts the postings of
    that entry in one statement. It runs with the rights of `kalon_reviewed`, so a table it reads needs
    `RowSecurity(reviewed="SELECT")`. Declare it after the triggers whose sums it reads.
    """

    def make(self, table: str) -> str:
        made = super().make(table)
        return (
            f"{made};\nALTER FUNCTION {self.name}() SECURITY DEFINER;\n"
            f"ALTER FUNCTION {self.name}() SET search_path = pg_catalog, public, pg_temp;\n"
            f"ALTER FUNCTION {self.name}() OWNER TO kalon_reviewed"
        )
