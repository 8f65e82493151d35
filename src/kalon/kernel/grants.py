"""What the roles of the clinic may do with a table that belongs to the installation, not to one organisation."""

from kalon.kernel.triggers import Declared


class TableGrants(Declared):
    """SQL privileges of a table without row security; whoever is not named here may do nothing."""

    options = ("app", "portal", "reviewed")

    def __init__(self, *, name: str, app: str = "", portal: str = "", reviewed: str = "") -> None:
        super().__init__(name=name)
        self.app, self.portal, self.reviewed = app, portal, reviewed

    def make(self, table: str) -> str:
        lines = [f"REVOKE ALL ON {table} FROM PUBLIC, kalon_app, kalon_portal, kalon_reviewed"]
        roles = {"kalon_app": self.app, "kalon_portal": self.portal, "kalon_reviewed": self.reviewed}
        lines += [f"GRANT {privileges} ON {table} TO {role}" for role, privileges in roles.items() if privileges]
        return ";\n".join(lines)

    def unmake(self, table: str) -> str:
        return f"REVOKE ALL ON {table} FROM kalon_app, kalon_portal, kalon_reviewed"
