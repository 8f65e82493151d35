"""Reads of the words: forms, their versions, each language."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from kalon.consents.lifecycles import MANAGE, READ, Kind, VersionStatus
from kalon.consents.models import Template, Text, Version
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one


def templates(*, seen_by: Actor) -> QuerySet[Template]:
    """The papers of the clinic by kind and name, each with its versions, the latest first."""
    seen_by.must(MANAGE, do="see the wording of consents")
    rows = Template.objects.filter(organization_id=seen_by.organization_id)
    return rows.prefetch_related(Prefetch("versions", queryset=_versions(seen_by)), "procedures__procedure")


def templates_of(procedure_id: UUID, *, seen_by: Actor) -> list[Template]:
    """The papers that a plan for a procedure is offered: those about it first, then those about any."""
    rows = list(templates(seen_by=seen_by).filter(kind=Kind.PROCEDURE))
    about = {one.pk: {row.procedure_id for row in one.procedures.all()} for one in rows}
    fitting = [one for one in rows if not about[one.pk] or procedure_id in about[one.pk]]
    return sorted(fitting, key=lambda one: (not about[one.pk], one.name))


def template(pk: UUID | str, *, seen_by: Actor) -> Template:
    """One paper with its versions."""
    found = one(templates(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such consent form.")
    return found


def versions(*, seen_by: Actor) -> QuerySet[Version]:
    """Every version, for whoever writes them."""
    seen_by.must(MANAGE, do="see the wording of consents")
    return _versions(seen_by)


def version(pk: UUID | str, *, seen_by: Actor, lock: bool = False) -> Version:
    """One version with its texts."""
    rows = versions(seen_by=seen_by).filter(pk=pk)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound("There is no such version.")
    return found


def usable(*, seen_by: Actor) -> QuerySet[Version]:
    """The versions that can be put before a patient now, with their languages."""
    seen_by.must(READ, do="see which consents there are")
    return _versions(seen_by).filter(status=VersionStatus.PUBLISHED).order_by("kind", "template__name")


def texts_in_use(version_id: UUID, *, seen_by: Actor) -> dict[str, Text]:
    """The texts of a published version by language."""
    seen_by.must(READ, do="read consents")
    rows = Text.objects.filter(version_id=version_id, organization_id=seen_by.organization_id)
    return {row.language: row for row in rows.exclude(version__status=VersionStatus.DRAFT)}


def forms_for(plan: Any, kind: str = Kind.PROCEDURE, *, seen_by: Actor) -> list[Version]:
    """The forms in use that fit a plan: those about one of its procedures first, then those about any."""
    entries = {line.entry_id for line in plan.lines.all() if line.entry_id}
    rows = list(usable(seen_by=seen_by).filter(kind=kind).prefetch_related("template__procedures"))
    about = {one.pk: {row.procedure_id for row in one.template.procedures.all()} for one in rows}
    fitting = [one for one in rows if not about[one.pk] or about[one.pk] & entries]
    return sorted(fitting, key=lambda one: (not about[one.pk], one.template.name))


def _versions(seen_by: Actor) -> QuerySet[Version]:
    rows = Version.objects.filter(organization_id=seen_by.organization_id).select_related("template")
    return rows.prefetch_related(Prefetch("texts", queryset=Text.objects.order_by("language"))).order_by("-number")
