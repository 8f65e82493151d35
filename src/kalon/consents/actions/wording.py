"""Writing the words of consents, and putting a version into use."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from uuid import UUID

from kalon.consents import queries, rules
from kalon.consents.lifecycles import MANAGE, OF_PLAN, VERSION, Kind, VersionStatus
from kalon.consents.models import Template, TemplateProcedure, Text, Version
from kalon.consents.rules import TextDetails
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound
from kalon.kernel.tenancy import verb

DO = "change the wording of consents"
WORDS_STAY = "A published text is never changed. Begin a new version; what patients signed stays as it was."
ONE_DRAFT = Clash("There is a draft of this already. Go on writing that one.")


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a signature holds (months; None until it is withdrawn), and who signs beside the patient.

    A doctor or surgeon (`needs_surgeon`) signs what is planned, never the other papers.
    """

    valid_months: int | None = None
    needs_staff: bool = False
    needs_witness: bool = False
    needs_surgeon: bool = False

    def checked(self, kind: str) -> "Terms":
        if self.needs_surgeon and kind not in OF_PLAN:
            raise Invalid("A doctor or surgeon countersigns what is planned, not this.", field="needs_surgeon")
        if self.valid_months is not None and not 1 <= self.valid_months <= 120:
            raise Invalid("A signature holds 1 to 120 months; leave it empty for no end.", field="valid_months")
        return self


@verb
def add_template(kind: str, name: str, terms: Terms, *, procedure_ids: Collection[UUID] = (), by: Actor) -> Version:
    """Begin a new paper of a kind, about procedures of the catalogue or about any; answers its first draft."""
    by.must(MANAGE, do=DO)
    name = " ".join(name.split())
    if kind not in Kind.values:
        raise Invalid("Choose what it is a consent to.", field="kind")
    if not name or len(name) > 120:
        raise Invalid("Give it a name of at most 120 characters.", field="name")
    template = Template(organization_id=by.organization_id, kind=kind, name=name)
    taken = Clash("There is a consent form of this name. Choose another name, or begin a new version of that one.")
    with refusing({"consents_template_name_once": taken}):
        template.save(force_insert=True)
    _be_about(template, procedure_ids)
    return _draft(template, 1, terms.checked(kind))


@verb
def set_procedures(template_id: UUID, procedure_ids: Collection[UUID], *, by: Actor) -> Template:
    """Say which procedures of the catalogue a paper is about; none: about any. What was put before patients stays."""
    by.must(MANAGE, do=DO)
    template = queries.template(template_id, seen_by=by)
    _be_about(template, procedure_ids)
    audit.note(by, audit.Kind.CHANGE, template, facts={"procedures": sorted(str(one) for one in set(procedure_ids))})
    return queries.template(template_id, seen_by=by)


@verb
def begin_version(template_id: UUID, *, by: Actor) -> Version:
    """Begin the next version of a paper, with the words and terms of the latest to start from."""
    by.must(MANAGE, do=DO)
    template = queries.template(template_id, seen_by=by)
    latest = next(iter(template.versions.all()))
    if latest.is_draft:
        raise ONE_DRAFT
    terms = Terms(latest.valid_months, latest.needs_staff, latest.needs_witness, latest.needs_surgeon)
    made = _draft(template, latest.number + 1, terms)
    for text in latest.texts.all():
        _write(made, TextDetails(text.language, text.title, text.body))
    return made


@verb
def set_terms(version_id: UUID, terms: Terms, *, by: Actor) -> Version:
    """Say of a draft how long a signature holds and who signs beside the patient."""
    draft = _own_draft(version_id, by=by)
    for name, value in asdict(terms.checked(draft.kind)).items():
        setattr(draft, name, value)
    draft.save(update_fields=list(asdict(terms)))
    return draft


@verb
def write_text(version_id: UUID, details: TextDetails, *, by: Actor) -> Text:
    """Write the words of a draft in one language."""
    draft = _own_draft(version_id, by=by)
    if details.language not in rules.LANGUAGES:
        raise Invalid("Choose one of the languages in the list.", field="language")
    return _write(draft, details.checked(names_of(draft.kind)))


@verb
def remove_text(version_id: UUID, language: str, *, by: Actor) -> Version:
    """Take a language out of a draft."""
    draft = _own_draft(version_id, by=by)
    if not draft.texts.filter(language=language).delete()[0]:
        raise NotFound("The draft has no text in this language.")
    return draft


@verb
def publish(version_id: UUID, *, by: Actor) -> Version:
    """Put a version into use under one's own name; the one before goes out of use, what was signed stays."""
    by.must(MANAGE, do=DO)
    draft = queries.version(version_id, seen_by=by, lock=True)
    draft.published_at, draft.published_by = clock.now(), by.name
    VERSION.guard(draft, "publish", by=by)
    in_use = queries.versions(seen_by=by).filter(template_id=draft.template_id, status=VersionStatus.PUBLISHED)
    for older in in_use.select_for_update(of=("self",)):
        VERSION.move(older, "withdraw", by=by, reason=f"Version {draft.number} took its place")
    meanwhile = Clash("Somebody published another version this very moment. Look at it first.")
    with refusing({"consents_version_one_in_use": meanwhile}):
        VERSION.move(draft, "publish", by=by, published_at=draft.published_at, published_by=draft.published_by)
    return draft


@verb
def withdraw(version_id: UUID, reason: str, *, by: Actor) -> Version:
    """Take a version out of use, or give up a draft: nobody is asked to sign it any more."""
    version = queries.version(version_id, seen_by=by, lock=True)
    VERSION.move(version, "withdraw", by=by, reason=reason)
    return version


@verb
def bring_built_in(*, by: Actor) -> list[Version]:
    """Bring in the papers that come with Kalon, as drafts to be read, changed and published; those there are stay."""
    by.must(MANAGE, do=DO)
    have = set(queries.templates(seen_by=by).values_list("name", flat=True))
    made = []
    for one in rules.BUILT_IN:
        if one.name in have:
            continue
        terms = Terms(one.valid_months, one.needs_staff, one.needs_witness, one.needs_surgeon)
        draft = add_template(one.kind, one.name, terms, by=by)
        for text in one.texts(names_of(one.kind)):
            _write(draft, text)
        made.append(draft)
    return made


def _be_about(template: Template, procedure_ids: Collection[UUID]) -> None:
    wanted = set(procedure_ids)
    if wanted and template.kind not in OF_PLAN:
        raise Invalid("Only a consent to what is planned is about a procedure.", field="procedures")
    TemplateProcedure.objects.filter(template=template).exclude(procedure_id__in=wanted).delete()
    have = set(TemplateProcedure.objects.filter(template=template).values_list("procedure_id", flat=True))
    with refusing({"consents_templateprocedure_here": NotFound("There is no such procedure.")}):
        TemplateProcedure.objects.bulk_create(
            TemplateProcedure(
                organization_id=template.organization_id, template=template, kind=template.kind, procedure_id=pk
            )
            for pk in sorted(wanted - have)
        )


def built_in_texts(kind: str) -> list[TextDetails]:
    """The words that come with Kalon for a kind of consent, to begin a form of one's own with."""
    return [text for one in rules.BUILT_IN if one.kind == kind for text in one.texts(names_of(kind))]


def names_of(kind: str) -> tuple[str, ...]:
    """What is filled into the words of a kind of consent."""
    if kind == Kind.SESSION:
        return rules.NAMES_OF_SESSION
    return rules.NAMES_OF_PLAN if kind in OF_PLAN else rules.NAMES


def _own_draft(version_id: UUID, *, by: Actor) -> Version:
    by.must(MANAGE, do=DO)
    found = queries.version(version_id, seen_by=by, lock=True)
    if not found.is_draft:
        raise IllegalMove(WORDS_STAY, status_is=found.status)
    return found


def _draft(template: Template, number: int, terms: Terms) -> Version:
    draft = Version(
        organization_id=template.organization_id,
        template=template,
        kind=template.kind,
        number=number,
        **asdict(terms),
    )
    with refusing({"consents_version_one_draft": ONE_DRAFT, "consents_version_number_once": ONE_DRAFT}):
        VERSION.born(draft, name="write")
    return draft


def _write(draft: Version, details: TextDetails) -> Text:
    told = {"title": details.title, "body": details.body, "sha256": details.sha256}
    made, _ = Text.objects.update_or_create(
        version=draft, language=details.language, defaults={**told, "organization_id": draft.organization_id}
    )
    return made
