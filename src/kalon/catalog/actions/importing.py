"""Procedures and codes from a table: looked at first, line by line, then taken over; what is refused stays in sight."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from kalon.catalog import queries
from kalon.catalog.actions.offers import MANAGE
from kalon.catalog.actions.procedures import add_procedure, change_procedure
from kalon.catalog.models import Procedure
from kalon.catalog.models.procedures import SYSTEMS
from kalon.catalog.rules import CodeLine, importing, tables
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import DomainError, Invalid
from kalon.kernel.tenancy import verb

DO = "import the procedure catalogue"
LICENSED = ("CPT", "SNOMED-CT")  # their words belong to the AMA and to SNOMED International; none is shipped
ADD, CHANGE, SAME, REFUSED = "ADD", "CHANGE", "SAME", "REFUSED"


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A line of the table: what becomes of it, and why not."""

    number: int
    what: str
    does: str
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """What becomes of a table, its refused rows below their heading, and the columns nothing was read from."""

    lines: list[ImportLine]
    refused: list[list[str]]
    unread: list[str] = field(default_factory=list)

    def count(self, does: str) -> int:
        return sum(line.does == does for line in self.lines)


@verb
def check_procedures(content: bytes, *, licence: str = "", by: Actor) -> Import:
    """What importing procedures would do, line by line; nothing is written."""
    return _only_looked_at(lambda: _procedures(content, licence, by=by))


@verb
def import_procedures(content: bytes, *, licence: str = "", by: Actor) -> Import:
    """Add procedures, and change those whose code stands already; a line that is refused changes nothing.

    Columns that are missing, and cells that are empty, leave what stands; codes of a licensed system take the licence.
    """
    return _procedures(content, licence, by=by)


@verb
def check_codes(content: bytes, *, licence: str = "", by: Actor) -> Import:
    """What importing codes would do, line by line; nothing is written."""
    return _only_looked_at(lambda: _codes(content, licence, by=by))


@verb
def import_codes(content: bytes, *, licence: str = "", by: Actor) -> Import:
    """Give procedures their codes of a coding system; a licensed system takes the licence under which it is used."""
    return _codes(content, licence, by=by)


def _only_looked_at(work: Callable[[], Import]) -> Import:
    with transaction.atomic():
        found = work()
        transaction.set_rollback(True)
    return found


def _procedures(content: bytes, licence: str, *, by: Actor) -> Import:
    by.must(MANAGE, do=DO)
    heads, *rows = tables.read(content)
    named = {importing.TEXTS.get(head.strip().lower()) for head in heads}
    if not {"code", "name"} <= named:
        raise Invalid("The table needs the columns “code” and “name” in its first line.", field="file")
    known = {one.code: one for one in queries.procedures(seen_by=by, active_only=False)}
    services = {one.code: one.pk for one in queries.services(seen_by=by, active_only=False)}
    seen: dict[str, int] = {}

    def one(row: Sequence[str], number: int) -> tuple[str, str]:
        told, codes = importing.details(heads, row, SYSTEMS)
        if (service := told.pop("service", "")) and service not in services:
            raise Invalid(f"There is no service with the code {service[:40]}.", field="file")
        if service:
            told["service_id"] = services[service]
        code = told.get("code", "")
        if code in seen:
            raise Invalid(f"The code {code} stands in line {seen[code]} already.", field="file")
        seen[code] = number
        licensed = sorted({line.system for line in codes} & {*LICENSED})
        for system in licensed:
            _licensed(system, licence)
        found = known.get(code) or add_procedure(told, codes=codes, by=by)
        does = _changed(found, told, codes, by=by) if code in known else ADD
        if licensed and does != SAME:
            audit.note(by, audit.Kind.CHANGE, found, facts={"codes": [*licensed, licence.strip()[:200]]})
        return code, does

    done = _each(heads, rows, one)
    return Import(done.lines, done.refused, importing.unknown(heads, SYSTEMS))


def _changed(found: Procedure, told: dict[str, Any], codes: list[CodeLine], *, by: Actor) -> str:
    """What a line changes of a procedure that stands; nothing where it says the same."""
    fresh = {name: value for name, value in told.items() if value not in ("", [], None)}
    fresh = {name: value for name, value in fresh.items() if getattr(found, name) != value}
    have = {(line.system, line.code): CodeLine(line.system, line.code, line.words) for line in found.codes.all()}
    more = [line for line in codes if (line.system, line.code) not in have]
    if not fresh and not more:
        return SAME
    change_procedure(found.pk, fresh, codes=[*have.values(), *more] if more else None, by=by)
    return CHANGE


def _codes(content: bytes, licence: str, *, by: Actor) -> Import:
    by.must(MANAGE, do=DO)
    heads, *rows = tables.read(content)
    names = [head.strip().lower() for head in heads]
    if not {"procedure", "system", "code"} <= set(names):
        raise Invalid("The table needs the columns “procedure”, “system” and “code” in its first line.", field="file")
    known = {one.code: one.pk for one in queries.procedures(seen_by=by, active_only=False)}
    licence = licence.strip()[:200]

    def one(row: Sequence[str], _number: int) -> tuple[str, str]:
        code, line = importing.code_line(dict(zip(names, row, strict=False)))
        if code not in known:
            raise Invalid(f"There is no procedure with the code {code[:40]}. Import it first.", field="file")
        _licensed(line.system, licence)
        found = queries.procedure(known[code], seen_by=by)
        have = {(each.system, each.code): CodeLine(each.system, each.code, each.words) for each in found.codes.all()}
        if have.get((line.system, line.code)) == line:
            return code, SAME
        does = CHANGE if (line.system, line.code) in have else ADD
        change_procedure(found.pk, {}, codes=[*({**have, (line.system, line.code): line}).values()], by=by)
        if line.system in LICENSED:
            audit.note(by, audit.Kind.CHANGE, found, facts={"codes": [line.system, licence]})
        return f"{code} {line.system} {line.code}", does

    done = _each(heads, rows, one)
    return Import(done.lines, done.refused, [head for head in heads if head.strip().lower() not in
                                             {"", "procedure", "system", "code", "words"}])  # fmt: skip


def _licensed(system: str, licence: str) -> None:
    if system in LICENSED and not licence.strip():
        raise Invalid(f"{system} is licensed. Write under which licence the clinic uses it.", field="licence")


def _each(heads: list[str], rows: list[list[str]], one: Callable[[Sequence[str], int], tuple[str, str]]) -> Import:
    """Each line in a turn of its own: what is refused undoes that line alone."""
    lines, refused = [], []
    for number, row in enumerate(rows, 2):
        try:
            with transaction.atomic():
                what, does = one(row, number)
            lines.append(ImportLine(number, what, does))
        except (DomainError, ValidationError) as refusal:
            lines.append(ImportLine(number, " ".join(row)[:80], REFUSED, _sentence(refusal)))
            refused.append(row)
    return Import(lines, [heads, *refused] if refused else [])


def _sentence(refusal: DomainError | ValidationError) -> str:
    """Why a line was refused, with the field it is about."""
    if isinstance(refusal, ValidationError):
        return " ".join(refusal.messages)
    errors = getattr(refusal, "errors", None) or {}
    told = [f"{name}: {' '.join(map(str, words))}" for name, words in errors.items()]
    about = getattr(refusal, "field", None)
    own = f"{about}: {refusal.detail}" if about and about not in ("file", "licence") else refusal.detail
    return " ".join(told) or own
