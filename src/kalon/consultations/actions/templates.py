"""The clinic's templates: made and changed by those who look after them, put into a note by who writes it."""

from collections.abc import Mapping
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.consultations import queries, rules
from kalon.consultations.actions.note import LONGEST_SECTION, must_fit, open_note, stand
from kalon.consultations.lifecycles import Section
from kalon.consultations.models import Consultation, NoteTemplate
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import verb

MANAGE = "consultations.templates"
TAKEN = Invalid("There is a template of this name already. Choose another name.", field="name")


@verb
def add_template(
    *,
    name: str,
    sections: Mapping[str, str],
    specialty: str = "",
    service_id: UUID | None = None,
    by: Actor,
) -> NoteTemplate:
    """Write a new template; a smart field that there is not is refused with a sentence."""
    by.must(MANAGE, do="change templates")
    template = NoteTemplate(organization_id=by.organization_id)
    return _written(template, name=name, sections=sections, specialty=specialty, service_id=service_id, by=by)


@verb
def change_template(
    pk: UUID,
    *,
    name: str,
    sections: Mapping[str, str],
    specialty: str = "",
    service_id: UUID | None = None,
    by: Actor,
) -> NoteTemplate:
    """Change a template; notes that were begun with it keep their words."""
    by.must(MANAGE, do="change templates")
    template = queries.template(pk, seen_by=by, lock=True)
    return _written(template, name=name, sections=sections, specialty=specialty, service_id=service_id, by=by)


@verb
def retire_template(pk: UUID, *, by: Actor) -> NoteTemplate:
    """No longer offer a template, or offer it again."""
    by.must(MANAGE, do="change templates")
    template = queries.template(pk, seen_by=by, lock=True)
    template.is_active = not template.is_active
    template.save(update_fields=["is_active"])
    return template


@verb
def use_template(pk: UUID, *, template_id: UUID, by: Actor) -> Consultation:
    """Put a template into the note, its smart fields filled; what was written stays, the template follows it."""
    consultation = open_note(pk, by)
    template = queries.template(template_id, seen_by=by)
    values = queries.smart_values(consultation, seen_by=by)
    for section, text in template.sections.items():
        filled = rules.fill(text, values)
        standing = consultation.text_of(section)
        if not filled.strip() or filled.strip() in standing:
            continue
        whole = f"{standing.rstrip()}\n\n{filled}" if standing.strip() else filled
        must_fit(section, whole)
        stand(consultation, section, whole, by)
    return consultation


def _written(
    template: NoteTemplate,
    *,
    name: str,
    sections: Mapping[str, str],
    specialty: str,
    service_id: UUID | None,
    by: Actor,
) -> NoteTemplate:
    template.name, template.specialty = name.strip(), specialty.strip()
    template.sections = _checked(sections)
    template.service_id = catalog.service(service_id, seen_by=by).pk if service_id else None
    if not template.name:
        raise Invalid("Give the template a name.", field="name")
    with refusing({"notetemplate_name_once": TAKEN}):
        template.save()
    return template


def _checked(sections: Mapping[str, str]) -> dict[str, str]:
    """The sections that hold something, in the order of the note."""
    errors: dict[str, list[str]] = {}
    for name, text in sections.items():
        if name not in Section.values:
            raise Invalid(
                f"There is no section “{name}”. Choose one of: {', '.join(Section.values)}.", field="sections"
            )
        if strange := rules.unknown_fields(text):
            errors[name] = [f"There is no field {', '.join(strange)}. Choose from the list of fields beside the text."]
        elif len(text) > LONGEST_SECTION:
            errors[name] = [f"This is too long; keep it under {LONGEST_SECTION:,} characters."]
    if errors:
        raise Invalid("Some fields of this template do not exist.", errors=errors)
    kept = {name: sections[name] for name in Section.values if sections.get(name, "").strip()}
    if not kept:
        raise Invalid("Write into at least one section.", field=Section.SUBJECTIVE.value)
    return kept
