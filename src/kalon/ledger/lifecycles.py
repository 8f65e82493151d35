"""The vocabulary of the books: who may read them, and how a table of another context posts to them."""

from kalon.ledger.models.functions import DEFINER
from kalon.ledger.models.posting import Posts
from kalon.ledger.rules import BY_BILL, KINDS, TAXES, TENDERS, VIEW, Account, Kind

__all__ = ["BY_BILL", "DEFINER", "KINDS", "TAXES", "TENDERS", "VIEW", "Account", "Kind", "Posts"]
