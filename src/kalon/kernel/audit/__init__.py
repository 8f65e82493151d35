"""The log of reads and moves: append-only, sealed in batches, and checkable by a stranger.

    audit.read(by, patient, purpose="patient page")         # before it is shown; if it fails, nothing is shown
    audit.reads(by, hits, purpose="search")                 # one statement, however many
    audit.sights(by, visits, screen="calendar")             # a screen that refreshes: one line a quarter of an hour
    audit.note(by, Kind.EXPORT, patient, facts={"format": "FHIR"})

Moves of lifecycles are written by the database itself. `seal()` runs every minute or so: it takes the rows of
all transactions that are finished, and writes the root of a Merkle tree over them (RFC 6962) to a file outside
the database (`KALON_AUDIT_ROOTS`) before the seal is committed. `verify()` recomputes everything.

Not protected: rows younger than the last seal, against somebody who owns the database. Keep a copy of the
file of roots where that person cannot write.

Sealing crosses organisations, so it reads through `kalon_audit_leaves()`, which `kalon_reviewed` owns and which
gives hashes, never content: the application role that calls it learns nothing of another organisation.
"""

from kalon.kernel.audit.log import SIGHT, note, read, reads, sights
from kalon.kernel.audit.merkle import Proof, check
from kalon.kernel.audit.sealing import SealRefused, accept_restore, proof, seal
from kalon.kernel.audit.sql import AUDIT_SQL, AUDIT_SQL_BACK
from kalon.kernel.audit.verifying import Report, verify
from kalon.kernel.models.audit import SHOWN_TO_PATIENTS, AuditEvent, AuditSeal

Kind = AuditEvent.Kind

__all__ = [
    "AUDIT_SQL",
    "AUDIT_SQL_BACK",
    "SHOWN_TO_PATIENTS",
    "SIGHT",
    "AuditEvent",
    "AuditSeal",
    "Kind",
    "Proof",
    "Report",
    "SealRefused",
    "accept_restore",
    "check",
    "note",
    "proof",
    "read",
    "reads",
    "seal",
    "sights",
    "verify",
]
