"""What becomes true of quotes, inside the transaction that made it true."""

from dataclasses import dataclass
from uuid import UUID

from kalon.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class QuoteFact:
    """Something became true of one version of a quote."""

    quote_id: UUID
    plan_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


class QuoteSent(QuoteFact):
    """The patient may read it, accept it or decline it."""


class QuoteAccepted(QuoteFact):
    """The patient agreed to one option; a version that was accepted before is superseded."""


class QuoteRejected(QuoteFact):
    """The patient declined it, or the clinic withdrew it."""


class QuoteExpired(QuoteFact):
    """Nobody decided in time, or a later version took its place."""


@dataclass(frozen=True, slots=True)
class MoneyWaived:
    """The clinic asks for neither quote nor deposit of a plan."""

    plan_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


class MoneyWaiverEnded(MoneyWaived):
    """Quote and deposit of a plan are asked for again."""


@dataclass(frozen=True, slots=True)
class SelfPaySigned:
    """A patient signed that they pay a plan themselves and ask no insurer."""

    waiver_id: UUID
    plan_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor
