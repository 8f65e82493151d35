"""Writing what patients are told before and after a procedure."""

from uuid import UUID

from kalon.catalog import queries
from kalon.catalog.actions.offers import MANAGE
from kalon.catalog.models import Procedure, ProcedureInstructions
from kalon.catalog.models.instructions import INSTRUCTED_IN, LONGEST_INSTRUCTIONS
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import verb

Kind = ProcedureInstructions.Kind


@verb
def write_instructions(
    procedure_id: UUID, kind: str, language: str, text: str, source: str = "", *, by: Actor
) -> ProcedureInstructions | None:
    """Write what patients are told (`kind`: PRE_OP, POST_OP or AFTERCARE) in a language; an empty text takes it away.

    Refusals: Invalid for a kind or a language that is not one of ours or a text too long, NotFound, NotPermitted.
    """
    by.must(MANAGE, do="write what patients are told")
    found = queries.procedure(procedure_id, seen_by=by)
    Procedure.objects.select_for_update().get(pk=found.pk)  # two windows take turns
    text, source = text.strip(), source.strip()
    if kind not in Kind.values:
        raise Invalid(f"Choose one of {', '.join(Kind.values)}.", field="kind")
    if language not in INSTRUCTED_IN:
        raise Invalid(f"Choose one of {', '.join(INSTRUCTED_IN)}.", field="language")
    if len(text) > LONGEST_INSTRUCTIONS:
        raise Invalid(f"This is too long; keep it under {LONGEST_INSTRUCTIONS:,} characters.", field=kind)
    if len(source) > 300:
        raise Invalid("Keep the source under 300 characters.", field="source")
    row = queries.written_instructions(found.pk, language, seen_by=by).get(kind)
    if (row.text if row else "") == text and (not row or row.source == source):
        return row
    if row and not text:
        row.delete()
        row = None
    elif text:
        row = row or ProcedureInstructions(
            organization_id=by.organization_id, procedure=found, kind=kind, language=language
        )
        row.text, row.source = text, source
        row.save()
    audit.note(by, audit.Kind.CHANGE, found, facts={"instructions": ["", f"{kind} {language}"]})
    return row
