"""What a clinic takes out of texts besides what is built in, and a try of it on any words."""

from uuid import UUID

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.voice import queries
from kalon.voice.actions.outbound import allowed
from kalon.voice.lifecycles import KEEP
from kalon.voice.models import OwnPattern
from kalon.voice.rules.people import new_token
from kalon.voice.rules.redaction import BadPattern, Known, Pattern, Redacted, Redactor

DO = "decide what is taken out of texts"
LONGEST_TRY = 4_000


@verb
def add_pattern(*, name: str, regex: str, token: str, by: Actor) -> OwnPattern:
    """Have something more taken out from now on; refused where the pattern could run for ever or fits any text."""
    by.must(KEEP, do=DO)
    made = _worded(name, regex, token, by)
    _written(made, "pattern of what is taken out added", by)
    return made


@verb
def reword_pattern(pk: UUID, *, name: str, regex: str, token: str, by: Actor) -> OwnPattern:
    """Take the same thing out by another wording from now on; the wording until now ends, and stays known."""
    by.must(KEEP, do=DO)
    before = queries.own_pattern(pk, seen_by=by, lock=True)
    made = _worded(name, regex, token, by)
    if (made.name, made.regex, made.token) == (before.name, before.regex, before.token):
        return before
    made.replaces, made.is_active = before, before.is_active
    before.is_active, before.ended_at = False, clock.now()
    before.save(update_fields=["is_active", "ended_at"])
    _written(made, "pattern of what is taken out reworded", by)
    return made


@verb
def switch_pattern(pk: UUID, *, on: bool, by: Actor) -> OwnPattern:
    """Use a pattern from now on, or no more; it is never removed, so that it stays known what once was taken out."""
    by.must(KEEP, do=DO)
    found = queries.own_pattern(pk, seen_by=by, lock=True)
    if found.is_active != on:
        found.is_active = on
        found.save(update_fields=["is_active"])
        word = "on" if on else "off"
        audit.note(by, audit.Kind.CHANGE, found, purpose=f"pattern of what is taken out switched {word}")
    return found


@verb
def tried(text: str, *, by: Actor) -> Redacted:
    """Some words as they would leave: with the staff and the clinic's patterns known, no patient; nothing is kept."""
    by.must(KEEP, do=DO)
    if not text.strip():
        raise Invalid("Type some words to try it on.", field="text")
    if len(text) > LONGEST_TRY:
        raise Invalid(f"Try it on at most {LONGEST_TRY:,} letters.", field="text")
    taken: list[str] = []
    staff = []
    for member in people.staff_list(seen_by=by):
        taken.append(new_token("STAFF", taken))
        staff.append(Known(taken[-1], names=(member.name,)))
    patterns = tuple(
        Pattern(one.name, one.regex, one.token) for one in queries.own_patterns(seen_by=by) if one.is_active
    )
    return Redactor(tuple(staff), allowed(by=by), patterns)(text)


def _worded(name: str, regex: str, token: str, by: Actor) -> OwnPattern:
    """A pattern as it would be kept, if it is safe and says what it takes out."""
    name = " ".join(name.split())
    if not name:
        raise Invalid("Say what this pattern takes out.", field="name")
    pattern = _pattern(name, regex.strip(), token.strip())
    kept = {"regex": pattern.regex, "token": pattern.token}
    return OwnPattern(organization_id=by.organization_id, name=name, written_by=by.name, **kept)


def _written(made: OwnPattern, purpose: str, by: Actor) -> None:
    with refusing({"voice_ownpattern_name": Clash(f"There is a pattern “{made.name}” already.", field="name")}):
        made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, made, purpose=purpose)


def _pattern(name: str, regex: str, token: str) -> Pattern:
    """The pattern if it is safe; the refusal stands beside the field that is wrong."""
    try:
        return Pattern(name, regex, token)
    except BadPattern as wrong:
        field = "token" if "replacement" in str(wrong) else "regex"
        raise Invalid(str(wrong), field=field) from wrong
