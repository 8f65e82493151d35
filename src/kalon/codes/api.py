"""/api/codes: search in a classification, and one of its codes."""

from django.http import HttpRequest
from ninja import Schema

from kalon.api import Router
from kalon.codes import queries
from kalon.codes.queries import Code, System
from kalon.kernel.errors import NotFound

router = Router(tags=["codes"])


class CodeOut(Schema):
    """A node of a classification."""

    system: str
    code: str
    title: str
    synonyms: list[str]
    parent: str
    is_leaf: bool


class CodeDetailOut(CodeOut):
    """A node with what is below it."""

    below: list[CodeOut]


@router.get("/{system}", response=list[CodeOut])
def search_codes(request: HttpRequest, system: str, q: str, limit: int = 20) -> list[CodeOut]:
    """Codes by their letters or words; at most 100."""
    found = queries.search(q, system=_system(system), most=max(1, limit))
    return [_out(row) for row in found]


@router.get("/{system}/{code}", response=CodeDetailOut)
def read_code(request: HttpRequest, system: str, code: str) -> CodeDetailOut:
    """One code."""
    found = queries.code(code, system=_system(system))
    return CodeDetailOut(**_out(found).dict(), below=[_out(row) for row in queries.below(found)[:200]])


def _system(text: str) -> System:
    try:
        return System(text.upper())
    except ValueError:
        raise NotFound(f"There is no such classification. Use one of {', '.join(System.values)}.") from None


def _out(row: Code) -> CodeOut:
    return CodeOut(**{name: getattr(row, name) for name in CodeOut.model_fields})
