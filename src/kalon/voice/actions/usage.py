"""What engines are used for and what they cost: decided by the clinic, written down before an engine is asked."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Invalid, NotReady
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.voice import queries
from kalon.voice.lifecycles import ENGINES, NOT_AGREED
from kalon.voice.models import OutsideEngine, Usage, UsageKind, VoiceSession

OFF = "This engine is not switched on for the clinic. Use the drafter of the house, or ask the owner."
SPENT = "The budget of this month is spent. Use the drafter of the house, or have the owner raise the budget."
STAYS = "The patient has not agreed that sound leaves the clinic, or has withdrawn that."
MILLION = Decimal(1_000_000)
PLACES = Decimal("0.0001")
COUNTED = "This took too long: what it can have cost is counted already. Ask again."


@dataclass(frozen=True, slots=True)
class Terms:
    """What a clinic decides about an engine: whether it is on, which model, its prices and its budget of a month."""

    is_on: bool
    budget: Decimal
    model: str = ""
    read_price: Decimal = Decimal(0)
    write_price: Decimal = Decimal(0)
    minute_price: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Used:
    """What an engine used for one piece of work; `tries`: for how many times of asking that is."""

    heard_ms: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tries: int = 1


@verb
def decide_engine(name: str, terms: Terms, *, by: Actor) -> OutsideEngine:
    """Switch an engine outside the clinic on or off, with its prices and the budget of a month."""
    by.must(ENGINES, do="decide about engines outside the clinic")
    if name not in queries.OUTSIDE:
        raise Invalid("There is no such engine.", field="name")
    for field in ("budget", "read_price", "write_price", "minute_price"):
        value = getattr(terms, field)
        if not value.is_finite() or not 0 <= value < MILLION:
            raise Invalid("Write an amount of money, zero or more.", field=field)
    if terms.is_on and not terms.budget:
        raise Invalid("An engine that is on needs a budget for the month.", field="budget")
    if terms.is_on and not (terms.write_price or terms.minute_price):
        raise Invalid("Write what the engine costs, so that the budget can be kept.", field="write_price")
    held = queries.outside_engine(name, seen_by=by, lock=True) or OutsideEngine(
        organization_id=by.organization_id, name=name
    )
    for field in ("is_on", "budget", "model", "read_price", "write_price", "minute_price"):
        setattr(held, field, getattr(terms, field))
    held.decided_by, held.decided_at = by.name, clock.now()
    held.save()
    facts = {"engine": name, "on": terms.is_on, "budget": str(terms.budget)}
    audit.note(by, audit.Kind.CHANGE, held, purpose="engine outside the clinic decided", facts=facts)
    return held


@verb
def reserve(found: VoiceSession, engine: str, kind: UsageKind, most: Used, *, by: Actor) -> Usage:
    """Write down, before an engine outside is asked, the most that its answer can cost.

    Raises `NotReady` where the engine is not switched on, or the budget of the month does not reach.
    """
    decided = queries.outside_engine(engine, seen_by=by)
    if decided is None or not decided.is_on:
        raise NotReady(OFF, engine=engine)
    row = Usage(
        organization_id=found.organization_id, patient_id=found.patient_id, session=found, kind=kind, engine=engine,
        model=decided.model, is_outside=True, heard_ms=most.heard_ms, tokens_in=most.tokens_in,
        tokens_out=most.tokens_out, most_tries=most.tries, cost=cost(decided, most),
        currency=people.organization(seen_by=by).currency,
    )  # fmt: skip
    refusals = {
        "voice_usage_switched_on": NotReady(OFF, engine=engine),
        "voice_usage_budget": NotReady(SPENT, engine=engine),
    }
    with refusing(refusals | _withdrawn()):
        row.save(force_insert=True)
    return row


@verb
def leaves(pk: UUID, *, by: Actor) -> None:
    """Count a time of asking, before anything leaves; refused once the work is settled or a consent has ended."""
    row = Usage.objects.select_for_update().get(pk=pk)
    row.tries += 1
    counted = dict.fromkeys(("voice_usage_settled", "voice_usage_tries"), NotReady(COUNTED, engine=row.engine))
    with refusing(counted | _withdrawn()):
        row.save(update_fields=["tries"])


@verb
def settle(pk: UUID, used: Used | None, *, took_ms: int, model: str = "", failure: str = "", by: Actor) -> Usage:
    """Write down what an engine really used, once.

    `used` None where nobody knows: then the most that so many times of asking can cost, and nothing where none left.
    """
    row = Usage.objects.select_for_update().get(pk=pk)
    if row.settled_at is not None:
        return row
    if used is None:
        row.heard_ms, row.tokens_in, row.tokens_out = (
            -(-most * row.tries // row.most_tries) for most in (row.heard_ms, row.tokens_in, row.tokens_out)
        )
        row.cost = (row.cost * row.tries / row.most_tries).quantize(PLACES, rounding=ROUND_CEILING)
    else:
        decided = queries.outside_engine(row.engine, seen_by=by)
        row.heard_ms, row.tokens_in, row.tokens_out = used.heard_ms, used.tokens_in, used.tokens_out
        row.cost = cost(decided, used) if decided else row.cost
    row.model = model[:80] or row.model
    row.took_ms, row.failure, row.settled_at = took_ms, failure[:300], clock.now()
    row.save()
    return row


def note(found: VoiceSession, engine: str, kind: UsageKind, used: Used, *, took_ms: int, by: Actor) -> None:
    """Write down what an engine of the house did; it costs nothing."""
    Usage(
        organization_id=found.organization_id, patient_id=found.patient_id, session=found, kind=kind,
        engine=engine[:60], heard_ms=used.heard_ms, took_ms=took_ms, settled_at=clock.now(),
        currency=people.organization(seen_by=by).currency,
    ).save(force_insert=True)  # fmt: skip


def cost(decided: OutsideEngine, used: Used) -> Decimal:
    """What so much costs by the clinic's prices, rounded up to a hundredth of a hundredth."""
    tokens = (decided.read_price * used.tokens_in + decided.write_price * used.tokens_out) / MILLION
    return (tokens + decided.minute_price * used.heard_ms / 60_000).quantize(PLACES, rounding=ROUND_CEILING)


def _withdrawn() -> dict[str, NotReady]:
    """What is said where the database finds that the patient does not agree, or not any more."""
    return {
        "voice_usage_agreed": NotReady(NOT_AGREED, needs="RECORDING"),
        "voice_usage_sound_agreed": NotReady(STAYS, needs="CLOUD_SPEECH"),
    }
