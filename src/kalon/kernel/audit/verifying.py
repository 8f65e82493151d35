"""Checking the log: every seal is computed again and held against the table, the chain and the file outside."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from kalon.kernel.audit import merkle, outside
from kalon.kernel.audit.sealing import GENESIS, leaves_of, line_of
from kalon.kernel.models.audit import AuditSeal

SHOWN = 10  # row numbers named in one sentence


@dataclass
class Report:
    """What the check found, in sentences; `notes` are known and no fault."""

    seals: int = 0
    rows: int = 0
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings

    @property
    def sentence(self) -> str:
        """The outcome in one line."""
        if self.ok:
            return f"The log is whole: {self.rows} entries under {self.seals} seals."
        return f"The log is NOT whole: {len(self.findings)} findings in {self.seals} seals. " + " ".join(self.findings)


def verify() -> Report:
    """Compute every seal again; reads the whole log."""
    report, file = Report(), outside.read()
    report.notes += [
        f"After seal {line['accepted']} a restored backup was accepted: {line['reason']}" for line in file.accepted
    ]
    report.notes += [f"Line {number} of {outside.path()} cannot be read." for number in file.unreadable]
    last = _walk(report, file)
    if file.last > last:
        lost = [file.seals[number] for number in range(last + 1, file.last + 1) if number in file.seals]
        report.findings.append(
            f"The tail is cut: seals {last + 1} to {file.last} with {sum(line['count'] for line in lost)} entries "
            "stand in the file outside, and are gone from the table."
        )
    return report


def _walk(report: Report, file: outside.Outside) -> int:
    previous, number, reached = GENESIS, 0, dict[int, int]()
    for seal in AuditSeal.objects.order_by("number").iterator(chunk_size=20):
        if seal.number != number + 1:
            report.findings.append(f"Seals {number + 1} to {seal.number - 1} are gone from the table.")
        elif bytes(seal.previous_root) != previous or seal.from_xact != reached.get(seal.cluster, 0):
            report.findings.append(f"Seal {seal.number} does not follow from the seal before it.")
        _against_outside(report, seal, file)
        _against_rows(report, seal, file)
        report.seals += 1
        previous, number, reached[seal.cluster] = bytes(seal.root), seal.number, seal.to_xact
    return number


def _against_outside(report: Report, seal: AuditSeal, file: outside.Outside) -> None:
    line = file.seals.get(seal.number)
    if line is None:
        if not file.is_accepted(seal.number):
            report.findings.append(f"Seal {seal.number} is not in the file outside ({outside.path()}).")
    elif line != line_of(seal):
        report.findings.append(f"Seal {seal.number} was replaced: the file outside has another.")


def _against_rows(report: Report, seal: AuditSeal, file: outside.Outside) -> None:
    line = file.seals.get(seal.number) or line_of(seal)
    found = leaves_of(line["cluster"], line["from_xact"], line["to_xact"])
    report.rows += len(found)
    tree = merkle.root([leaf for _pk, leaf in found])
    if merkle.chained(bytes.fromhex(line["previous_root"]), tree).hex() == line["root"]:
        return
    packed = bytes(seal.leaves)
    hashes = (packed[at : at + 32] for at in range(0, len(packed), 32))
    sealed, standing = dict(zip(seal.row_ids, hashes, strict=False)), dict(found)
    differences = (
        ("altered", (pk for pk in sealed if pk in standing and standing[pk] != sealed[pk])),
        ("deleted", (pk for pk in sealed if pk not in standing)),
        ("inserted later", (pk for pk in standing if pk not in sealed)),
    )
    said = [f"{_rows(rows)} {how}" for how, ids in differences if (rows := sorted(ids))]
    told = ", ".join(said) or "the entries differ from what was sealed"
    report.findings.append(f"Batch {seal.number}, sealed {seal.sealed_at:%Y-%m-%d %H:%M} UTC: {told}.")


def _rows(ids: Iterable[int]) -> str:
    rows = list(ids)
    shown = ", ".join(map(str, rows[:SHOWN])) + (f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else "")
    return f"{'entry' if len(rows) == 1 else 'entries'} {shown}"
