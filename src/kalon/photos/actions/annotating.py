"""Drawing on a photograph: kept beside it with who and when, shown or hidden; the picture is never touched."""

from typing import Any
from uuid import UUID

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import NotFound
from kalon.kernel.tenancy import verb
from kalon.photos import queries
from kalon.photos.lifecycles import CAPTURE
from kalon.photos.models import Annotation
from kalon.photos.rules import marks


@verb
def annotate(pk: UUID, drawn: Any, *, by: Actor) -> Annotation:
    """Keep what was drawn on a photograph: a list of marks (`rules.marks`), in points of the original."""
    by.must(CAPTURE, do="draw on photographs")
    photo = queries.photo(pk, seen_by=by, locked=True)
    row = Annotation(
        organization_id=photo.organization_id, patient=photo.patient, photo=photo, drawn_by=by.name,
        marks=marks.checked(drawn, width=photo.width, height=photo.height), created_at=clock.now(),
    )  # fmt: skip
    with refusing({"photos_annotation_fixed": NotFound(queries.GONE)}):
        row.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, photo, purpose="drew on the photograph", facts={"marks": len(row.marks)})
    return row


@verb
def hide_annotation(pk: UUID, *, by: Actor) -> Annotation:
    """What was drawn is not shown over the photograph any more; it stays in the record."""
    return _seen(pk, hidden=True, by=by)


@verb
def show_annotation(pk: UUID, *, by: Actor) -> Annotation:
    """What was hidden is shown over the photograph again."""
    return _seen(pk, hidden=False, by=by)


def _seen(pk: UUID, *, hidden: bool, by: Actor) -> Annotation:
    by.must(CAPTURE, do="draw on photographs")
    row = queries.annotation(pk, seen_by=by, locked=True)
    if (row.hidden_at is not None) != hidden:
        row.hidden_at, row.hidden_by = (clock.now(), by.name) if hidden else (None, "")
        row.save(update_fields=["hidden_at", "hidden_by"])
        audit.note(
            by, audit.Kind.CHANGE, row.photo, purpose=f"drawing on the photograph {'hidden' if hidden else 'shown'}"
        )
    return row
