"""With which certificate somebody signs: issued by the clinic when it is first needed, or brought from outside."""

from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotFound
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import verb
from kalon.papers import rules
from kalon.papers.models import Certificate, Issuer, Source
from kalon.people import queries as people

MANAGE = "papers.certificates"
RENEW = timedelta(days=30)  # a certificate of the clinic is followed by the next before it ends


@verb
def bring_certificate(staff_id: UUID, content: bytes, password: str, *, by: Actor) -> Certificate:
    """Let a member of staff sign with a certificate of a certifying authority, in place of the one used so far."""
    by.must(MANAGE, do="change certificates")
    member = people.staff_member(staff_id, seen_by=by)
    pair = rules.from_pkcs12(content, password)
    if rules.last_day(pair) <= clock.now():
        raise Invalid("This certificate has ended. Ask the authority for a new one.", field="file")
    _end(member.pk, "Followed by another", by=by)
    made = _keep(pair, staff_id=member.pk, source=Source.IMPORTED, by=by)
    audit.note(by, audit.Kind.CHANGE, made, facts={"certificate": made.subject})
    return made


@verb
def end_certificate(certificate_id: UUID, reason: str, *, by: Actor) -> Certificate:
    """Sign nothing more with a certificate; what was signed with it stays signed."""
    by.must(MANAGE, do="change certificates")
    if not reason.strip():
        raise Invalid("Write why it is ended.", field="reason")
    rows = Certificate.objects.filter(organization_id=by.organization_id, pk=certificate_id)
    found = rows.select_for_update().first()
    if found is None:
        raise NotFound("There is no such certificate.")
    if found.ended_at is None:
        found.ended_at, found.ended_reason = clock.now(), reason.strip()[:200]
        found.save(update_fields=["ended_at", "ended_reason"])
        audit.note(by, audit.Kind.CHANGE, found, facts={"ended": found.ended_reason})
    return found


def certificate_of(staff_id: UUID | None, *, by: Actor) -> Certificate:
    """The certificate with which this person (or the clinic itself) signs now; issued where there is none."""
    found = _standing(staff_id, by=by)
    if found:
        return found
    with transaction.atomic():
        with connection.cursor() as cursor:  # two who sign the clinic's first papers take turns
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('certificates ' || %s, 9))", [str(by.organization_id)]
            )
        found = _standing(staff_id, by=by)
        if found:
            return found
        _end(staff_id, "Followed by the next one", by=by)
        return _issue(staff_id, by=by)


def _standing(staff_id: UUID | None, *, by: Actor) -> Certificate | None:
    now = clock.now()
    found = one(_in_use(staff_id, by=by))
    if found and found.source == Source.IMPORTED and found.valid_until <= now:
        raise Clash(f"The certificate of {found.subject} has ended. Bring a new one under Settings, Certificates.")
    return found if found and (found.source == Source.IMPORTED or found.valid_until > now + RENEW) else None


def _issue(staff_id: UUID | None, *, by: Actor) -> Certificate:
    clinic = people.organization(seen_by=by)
    issuer = _issuer(clinic.name, clinic.country, by=by)
    if staff_id is None:
        name, title = clinic.name, ""
    else:
        member = people.staff_member(staff_id, seen_by=by)
        name, title = member.name, " ".join(part for part in (member.title, member.registration_number) if part)
    pair = rules.certificate_for(name, title=title, issuer=issuer, at=clock.now())
    return _keep(pair, staff_id=staff_id, source=Source.CLINIC, by=by)


def _issuer(clinic: str, country: str, *, by: Actor) -> rules.Pair:
    rows = Issuer.objects.filter(organization_id=by.organization_id)
    found = rows.first()
    if found is None:
        pair = rules.issuer_for(clinic, country=country, at=clock.now())
        made = Issuer(
            organization_id=by.organization_id,
            certificate=pair.chain.encode(),
            key=pair.key,
            valid_until=rules.last_day(pair),
        )
        made.save(force_insert=True)
        found = made
    return rules.Pair(chain=bytes(found.certificate).decode(), key=found.key)


def _keep(pair: rules.Pair, *, staff_id: UUID | None, source: Source, by: Actor) -> Certificate:
    made = Certificate(
        organization_id=by.organization_id,
        staff_id=staff_id,
        source=source,
        subject=rules.name_of(pair)[:200],
        chain=pair.chain,
        key=pair.key,
        valid_from=pair.own.not_valid_before_utc,
        valid_until=rules.last_day(pair),
    )
    taken = Clash("Somebody else changed this certificate this very moment. Look at it again.")
    with refusing({"papers_certificate_one_each": taken}):
        made.save(force_insert=True)
    return made


def _end(staff_id: UUID | None, reason: str, *, by: Actor) -> None:
    _in_use(staff_id, by=by).update(ended_at=clock.now(), ended_reason=reason)


def _in_use(staff_id: UUID | None, *, by: Actor) -> QuerySet[Certificate]:
    rows = Certificate.objects.filter(organization_id=by.organization_id, ended_at=None)
    return rows.filter(staff_id=staff_id) if staff_id else rows.filter(staff=None)
