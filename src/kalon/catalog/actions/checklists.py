"""Writing the list of what is done before and after a procedure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from kalon.catalog import queries
from kalon.catalog.actions.offers import MANAGE
from kalon.catalog.lifecycles import Moment, Who
from kalon.catalog.models import Checklist, ChecklistItem, Procedure
from kalon.catalog.models.checklists import MOST_ITEMS
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid
from kalon.kernel.tenancy import verb


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing to do, as it is written: when, by whom, whether what comes next waits for it."""

    words: str
    moment: str = Moment.BEFORE
    who: str = Who.NURSE
    is_required: bool = True


@verb
def write_checklist(
    procedure_id: UUID, items: Sequence[ToDo], source: str = "", *, seen: int | None = None, by: Actor
) -> Checklist:
    """Write a procedure's list anew: a further version, which plans approved from now on receive.

    `seen` is the version that was read; a later one on file refuses. Nothing changed: the version stays.
    Refusals: Invalid for an item, Clash, NotFound, NotPermitted.
    """
    by.must(MANAGE, do="write what is done before and after a procedure")
    found = queries.procedure(procedure_id, seen_by=by)
    Procedure.objects.select_for_update().get(pk=found.pk)  # two windows take turns
    wanted = [_checked(one) for one in items]
    if len(wanted) > MOST_ITEMS:
        raise Invalid(f"A list has at most {MOST_ITEMS} items. Leave out what everybody does anyway.")
    if len(source.strip()) > 300:
        raise Invalid("Keep the source under 300 characters.", field="source")
    held = queries.checklist_of(found.pk, seen_by=by)
    if seen is not None and seen != (held.version if held else 0):
        raise Clash("Somebody wrote this list meanwhile. Look at it again, then change it.")
    if held is not None and (_written(held), held.source) == (wanted, source.strip()):
        return held
    if held is None and not wanted:
        raise Invalid("Write at least one thing to do.")
    made = Checklist(
        organization_id=by.organization_id, procedure=found, version=(held.version if held else 0) + 1,
        size=len(wanted), source=source.strip(), written_by=by.name,
    )  # fmt: skip
    taken = Clash("Somebody wrote this list meanwhile. Look at it again, then change it.")
    with refusing({"catalog_checklist_version_once": taken}):
        made.save(force_insert=True)
    ChecklistItem.objects.bulk_create(
        ChecklistItem(organization_id=by.organization_id, checklist=made, position=position, **asdict(one))
        for position, one in enumerate(wanted, start=1)
    )
    audit.note(by, audit.Kind.CHANGE, found, facts={"checklist": ["", f"version {made.version}"]})
    return made


def _checked(one: ToDo) -> ToDo:
    words = " ".join(one.words.split())
    if not words or len(words) > 200:
        raise Invalid("Say each thing to do in one to 200 characters.", field="words")
    if one.moment not in Moment.values:
        raise Invalid(f"Choose one of {', '.join(Moment.values)}.", field="moment")
    if one.who not in Who.values:
        raise Invalid(f"Choose one of {', '.join(Who.values)}.", field="who")
    return ToDo(words, str(one.moment), str(one.who), bool(one.is_required))


def _written(held: Checklist) -> list[ToDo]:
    return [ToDo(one.words, one.moment, one.who, one.is_required) for one in held.items.order_by("position")]
