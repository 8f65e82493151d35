"""The states of a consent and of the words it is given in, and every move between them."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices

from kalon.kernel.lifecycle import Lifecycle, Move, Row

if TYPE_CHECKING:
    from kalon.consents.models import Consent, Version

READ, PRESENT, SIGN, MANAGE = "consents.read", "consents.present", "consents.sign", "consents.manage"


class Kind(TextChoices):
    """What is agreed to. The first five need only the patient, the others hang from an approved plan."""

    RECORDING = "RECORDING", "Recording of visits"
    CLOUD_SPEECH = "CLOUD_SPEECH", "Speech recognised outside"
    PHOTOGRAPHY = "PHOTOGRAPHY", "Clinical photographs"
    MARKETING = "MARKETING", "Pictures in marketing"
    DATA_PROCESSING = "DATA_PROCESSING", "Use of personal data"
    PROCEDURE = "PROCEDURE", "A procedure or treatment"
    TREATMENT_PLAN = "TREATMENT_PLAN", "A treatment plan as a whole"
    SESSION = "SESSION", "One session of a treatment"


OF_PATIENT = (Kind.RECORDING, Kind.CLOUD_SPEECH, Kind.PHOTOGRAPHY, Kind.MARKETING, Kind.DATA_PROCESSING)
OF_PLAN = (Kind.PROCEDURE, Kind.TREATMENT_PLAN, Kind.SESSION)


class VersionStatus(TextChoices):
    DRAFT = "DRAFT", "Draft"
    PUBLISHED = "PUBLISHED", "In use"
    WITHDRAWN = "WITHDRAWN", "Not used any more"


class Status(TextChoices):
    DRAFT = "DRAFT", "Being prepared"
    PRESENTED = "PRESENTED", "To be read and signed"
    PARTIALLY_SIGNED = "PARTIALLY_SIGNED", "Partly signed"
    SIGNED = "SIGNED", "In force"
    REVOKED = "REVOKED", "Withdrawn by the patient"
    EXPIRED = "EXPIRED", "Expired"
    VOIDED = "VOIDED", "Given up before signing"


# Somebody still has to read or sign.
OPEN = (Status.PRESENTED, Status.PARTIALLY_SIGNED)
UNFINISHED = (Status.DRAFT, *OPEN)
# One of a plan and kind is at most in one of these.
LIVE = (*UNFINISHED, Status.SIGNED)
# It was signed once, and is sealed.
WAS_SIGNED = (Status.SIGNED, Status.REVOKED, Status.EXPIRED)
# It allowed something once, and does no more.
ENDED = (Status.REVOKED, Status.EXPIRED)


def has_texts(version: "Version") -> str | None:
    return None if version.texts.exists() else "Write the text in at least one language first."


def all_signed(consent: "Consent") -> str | None:
    """Everybody whose signature it needs has signed."""
    signed = set(consent.signatures.values_list("role", flat=True))
    missing = [role for role in consent.signers if role not in signed]
    return f"Still to sign: {', '.join(missing).lower()}." if missing else None


VERSION = Lifecycle(
    of="consents.Version",
    noun="version of the text",
    states=VersionStatus,
    initial=(VersionStatus.DRAFT,),
    seals=(VersionStatus.PUBLISHED, VersionStatus.WITHDRAWN),
    moves=(
        Move(
            "publish",
            source=(VersionStatus.DRAFT,),
            target=VersionStatus.PUBLISHED,
            label="publish the version",
            permission=MANAGE,
            requires=(has_texts,),
            where=(Row.filled("published_at"), Row.filled("published_by")),
            icon="badge-check",
        ),
        Move(
            "withdraw",
            source=(VersionStatus.DRAFT, VersionStatus.PUBLISHED),
            target=VersionStatus.WITHDRAWN,
            label="take the version out of use",
            permission=MANAGE,
            reason_needed=True,
            icon="archive",
        ),
    ),
)

CONSENT = Lifecycle(
    of="consents.Consent",
    noun="consent",
    states=Status,
    initial=(Status.DRAFT,),
    seals=(*WAS_SIGNED, Status.VOIDED),
    open_columns=("revoked_at", "revoked_by", "noted_at", "noted_by_id"),
    moves=(
        Move(
            "present",
            source=(Status.DRAFT,),
            target=Status.PRESENTED,
            label="put the consent before the patient",
            permission=PRESENT,
            where=(Row.filled("content_sha256"), Row.filled("text_id"), Row.filled("presented_at")),
            icon="file-text",
        ),
        Move(
            "sign_part",
            source=(Status.PRESENTED,),
            target=Status.PARTIALLY_SIGNED,
            label="sign",
            permission=SIGN,
            where=(Row.filled("opened_at"),),
            automatic=True,
        ),
        Move(
            "sign",
            source=OPEN,
            target=Status.SIGNED,
            label="sign",
            permission=SIGN,
            requires=(all_signed,),
            where=(Row.filled("opened_at"), Row.filled("signed_at"), Row.filled("seal_sha256")),
            icon="pen-line",
        ),
        Move(
            "revoke",
            source=(Status.SIGNED,),
            target=Status.REVOKED,
            label="withdraw the consent",
            permission=SIGN,
            reason_needed=True,
            where=(Row.filled("revoked_at"),),
            icon="undo-2",
        ),
        Move(
            "expire",
            source=(Status.SIGNED,),
            target=Status.EXPIRED,
            label="note that the consent has expired",
            permission=PRESENT,
            automatic=True,
        ),
        Move(
            "void",
            source=UNFINISHED,
            target=Status.VOIDED,
            label="give up the consent before it is signed",
            permission=PRESENT,
            reason_needed=True,
            icon="ban",
        ),
    ),
)
