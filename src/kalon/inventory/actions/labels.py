"""Labels: what is stuck on a shelf, a box or a piece, so that a scanner knows it again."""

from pathlib import Path

from kalon.inventory import queries
from kalon.inventory.queries import Labelled
from kalon.inventory.rules import datamatrix
from kalon.inventory.rules.labels import MOST, Label, stock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import verb
from kalon.web import papers

TEMPLATE = Path(__file__).parent.parent / "templates" / "inventory" / "paper" / "labels.typ"
QUIET = 1  # modules that stay white around a code


@verb
def print_labels(asked: Labelled, *, size: str, copies: int = 1, first: int = 1, by: Actor) -> tuple[str, bytes]:
    """The labels as PDF, `copies` of each; on a sheet begun already, from its label number `first`."""
    return "labels.pdf", papers.draw(TEMPLATE, sheet(asked, size=size, copies=copies, first=first, by=by))


def sheet(asked: Labelled, *, size: str, copies: int = 1, first: int = 1, by: Actor) -> dict[str, object]:
    """What the paper needs: the measures of the labels and what stands on each."""
    paper = stock(size)
    if copies < 1:
        raise Invalid("Print each label once or more often.", field="copies")
    if not 1 <= first <= paper.on_page:
        raise Invalid(f"This paper has {paper.on_page} label{'s' * (paper.on_page > 1)}.", field="first")
    rows = queries.labels(asked, seen_by=by)
    if not rows:
        raise Invalid("There is nothing to print a label for. Choose a batch, a piece or a place.")
    if len(rows) * copies > MOST:
        raise Invalid(f"At most {MOST} labels are printed in one go. Print fewer at once.", field="copies")
    return {
        "page": paper.page, "label": paper.label, "columns": paper.columns, "rows": paper.rows,
        "corner": paper.corner, "step": paper.step, "first": first - 1,
        "labels": [_drawn(row) for row in rows for _ in range(copies)],
    }  # fmt: skip


def _drawn(label: Label) -> dict[str, object]:
    return {"name": label.name, "lines": label.lines, "human": label.human, **code_of(label)}


def code_of(label: Label) -> dict[str, object]:
    """A label's code as a drawing, and how many modules it is wide with what stays white around it."""
    if not label.code:
        return {"code": "", "modules": 0}
    modules = datamatrix.draw(label.code, gs1=label.gs1)
    side = len(modules) + 2 * QUIET
    dark = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, line in enumerate(modules) for x, module in enumerate(line) if module
    )
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path d="{dark}"/></svg>'
    return {"code": drawn, "modules": side}
