"""The JSON shell: one OpenAPI document, one dialect of refusal, into which contexts plug their routers.

Owns authentication of requests by session or bearer token, problem+json (RFC 9457), paging and
`Idempotency-Key`. It knows no clinic words; a context's `api.py` makes one call to a verb or a query.
"""

from kalon.api.paging import Page, paged
from kalon.api.shell import Router, signed_in

__all__ = ["Page", "Router", "paged", "signed_in"]
