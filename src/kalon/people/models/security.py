"""Who may reach an account's rows: sign-in comes before there is an organisation to be in."""

from kalon.kernel.triggers import Declared

# Before anybody has signed in there is no context; inside one, an account is seen in its organisation only.
STAFF_SEE = "(SELECT kalon_kind()) IS NULL OR organization_id = (SELECT kalon_staff_organization())"


class AccountRows(Declared):
    """Row security of the accounts themselves: a patient sees their own, and registering may add one."""

    def make(self, table: str) -> str:
        return ";\n".join(
            [
                *_closed(table),
                f"CREATE POLICY staff ON {table} TO kalon_app USING ({STAFF_SEE}) WITH CHECK ({STAFF_SEE})",
                f"GRANT SELECT, INSERT, UPDATE ON {table} TO kalon_app",
                f"CREATE POLICY portal ON {table} FOR SELECT TO kalon_portal USING (id = (SELECT kalon_user()))",
                f"CREATE POLICY register ON {table} FOR INSERT TO kalon_portal"
                " WITH CHECK (organization_id = (SELECT kalon_organization()))",
                f"GRANT SELECT, INSERT ON {table} TO kalon_portal",
                f"CREATE POLICY reviewed ON {table} FOR SELECT TO kalon_reviewed USING (true)",
                f"GRANT SELECT ON {table} TO kalon_reviewed",
            ]
        )

    def unmake(self, table: str) -> str:
        return _open(table, "staff", "portal", "register", "reviewed")


class OwnedByAccount(Declared):
    """Row security of what hangs from an account: whoever sees the account, or the account's own person."""

    def make(self, table: str) -> str:
        seen = f"EXISTS (SELECT 1 FROM people_user WHERE people_user.id = {table}.user_id)"  # noqa: S608  (the table is ours)
        own = "user_id = (SELECT kalon_user())"
        return ";\n".join(
            [
                *_closed(table),
                f"CREATE POLICY staff ON {table} TO kalon_app USING ({seen}) WITH CHECK ({seen})",
                f"GRANT SELECT, INSERT, UPDATE ON {table} TO kalon_app",
                f"CREATE POLICY portal ON {table} TO kalon_portal USING ({own}) WITH CHECK ({own})",
                f"GRANT SELECT, INSERT, UPDATE ON {table} TO kalon_portal",
            ]
        )

    def unmake(self, table: str) -> str:
        return _open(table, "staff", "portal")


def _closed(table: str) -> list[str]:
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"REVOKE ALL ON {table} FROM kalon_app, kalon_portal, kalon_reviewed, PUBLIC",
    ]


def _open(table: str, *policies: str) -> str:
    drops = "; ".join(f"DROP POLICY IF EXISTS {policy} ON {table}" for policy in policies)
    return (
        f"{drops}; REVOKE ALL ON {table} FROM kalon_app, kalon_portal, kalon_reviewed; "
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
    )
