"""The doctor reads a draft beside what was said, hears any line of it, and decides each part."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict, RawPostDataException
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.api.problems import problem
from kalon.kernel.errors import DomainError
from kalon.patients import queries as patients
from kalon.prescribing import queries as prescribing
from kalon.voice import actions, queries
from kalon.voice.actions.verifying import due
from kalon.voice.lifecycles import LISTEN, RECORD, Status
from kalon.voice.pages.outside import shown_with
from kalon.voice.rules.deciding import ITEMS, SECTIONS, Decisions, Part, Taken, begun_dose, is_prescribable, text_of
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

LETTERS = {
    "subjective": ("S", "The patient says"), "objective": ("O", "What was found"), "assessment": ("A", "Assessment"),
    "plan": ("P", "Plan"),
}  # fmt: skip
FLAGS = {
    "UNSUPPORTED_DRUG": "Nobody named this medicine in the visit.",
    "UNSUPPORTED_DOSE": "Nobody said this dose in the visit.",
    "UNSUPPORTED_NEGATION": "The visit says the opposite.",
    "NO_SOURCE": "Nobody said this in the visit.",
    "UNSURE_WORDS": "The listener was not sure of a number. Hear it again.",
    "SAID_TO_A_MACHINE": "This was said to a machine, and not to anybody in the visit.",
    "SAID_DIFFERENTLY": "It was said in two ways. Hear it again.",
}
FIELDS = {"strength": 60, "dose_unit": 60, "frequency": 60, "route": 60, "instructions": 200}
WHOLE = ("every_hours", "most_a_day", "days")


@staff_page(RECORD)
def verify(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Transcript and draft side by side; with every part decided it is written into the record at once."""
    by = actor_of(request)
    found = actions.look(pk, purpose="verify the note of a recording", by=by)
    if found.status != Status.DRAFTED or not actions.may_verify(found, by):
        return go(request, "voice:recording", pk=pk)
    draft = queries.latest_draft(pk, seen_by=by)
    body = queries.draft_body(draft, seen_by=by) if draft else {}
    if draft is None or not body:
        return go(request, "voice:recording", pk=pk)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            actions.verify(pk, decided(request.POST, body), by=by)
        if not form.errors:
            return go(request, "consultations:consultation", pk=found.consultation_id, toast="Verified and in the note")
    return _page(request, found, draft, body, getattr(form, "refusal", None))


@require_POST
@staff_page(RECORD)
def command(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was said to the screen, with the command in it and what is read back; a refusal in JSON as well."""
    try:
        heard = actions.heard_command(pk, _bytes(request), by=actor_of(request))
    except DomainError as refusal:
        return problem(refusal)
    found = heard.command
    answer: dict[str, Any] = {"heard": heard.text, "say": found.read_back if found else _not_understood(heard.text)}
    if found:
        answer |= {"action": found.action, "what": found.what, "number": found.number}
    return JsonResponse(answer)


def _bytes(request: HttpRequest) -> bytes:
    """The sound as it came; none where a form came instead."""
    try:
        return request.body
    except RawPostDataException:
        return b""


def decided(sent: QueryDict, body: dict[str, Any]) -> Decisions:
    """What the form says of each part."""
    sections = {name: Part(sent.get(name, ""), sent.get(f"{name}_text", "")) for name in SECTIONS if sent.get(name)}
    taken = {
        kind: [
            _taken(sent, f"{kind}_{number}", number) for number in range(len(body[kind])) if _takes(sent, kind, number)
        ]
        for kind in ITEMS
    }
    follow_up = _taken(sent, "follow_up", 0) if sent.get("follow_up") == "TAKE" else None
    return Decisions(draft_number=_whole(sent, "draft") or 0, sections=sections, follow_up=follow_up, **taken)


def _takes(sent: QueryDict, kind: str, number: int) -> bool:
    return sent.get(f"{kind}_{number}") == "TAKE"


def _taken(sent: QueryDict, prefix: str, number: int) -> Taken:
    words = {name: sent.get(f"{prefix}_{name}", "").strip()[:longest] for name, longest in FIELDS.items()}
    numbers = {name: _whole(sent, f"{prefix}_{name}") for name in WHOLE}
    reason = sent.get(f"{prefix}_reason", "")
    return Taken(number=number, reason=reason, dose=_dose(sent.get(f"{prefix}_dose", "")), **words, **numbers)  # type: ignore[arg-type]


def _whole(sent: QueryDict, name: str) -> int | None:
    said = sent.get(name, "").strip()
    return int(said) if said.isdecimal() and len(said) < 6 else None


def _dose(said: str) -> Decimal | None:
    try:
        value = Decimal(said.strip() or "x")
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _not_understood(heard: str) -> str:
    return (
        f"I heard “{heard}”. Say for example: accept plan." if heard else "I heard nothing. Hold the button and speak."
    )


def _page(
    request: HttpRequest, found: Any, draft: Any, body: dict[str, Any], refusal: DomainError | None
) -> HttpResponse:
    by, sent = actor_of(request), request.POST
    numbers = _numbered(body)
    context = {
        "session": found,
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "draft": draft,
        **shown_with(draft, by=by),
        "lines": _lines(found, numbers, by),
        "sections": [_section(name, body, numbers, sent) for name in SECTIONS],
        "diagnoses": [_item("diagnoses", at, one, numbers, sent) for at, one in enumerate(body["diagnoses"])],
        "medicines": [_medicine(at, one, numbers, sent) for at, one in enumerate(body["medicines"])],
        "allergies": [_item("allergies", at, one, numbers, sent) for at, one in enumerate(body["allergies"])],
        "follow_up": _follow_up(found, body, numbers, sent),
        "sentence": body.get("sentence", ""),
        "not_now": actions.why_not_now(found),
        "frequencies": prescribing.frequencies(),
        "units": prescribing.dose_units(),
        "may_hear": by.may(LISTEN) and not queries.is_gone(found),
        "refusal": refusal,
        "back": reverse("consultations:consultation", args=[found.consultation_id]),
    }
    return render(request, "voice/verify.html", context, status=422 if refusal else 200)


def _numbered(body: dict[str, Any]) -> dict[int, int]:
    """The places in the sound that the draft rests on, each with its number, in the order of time."""
    places: set[int] = set()
    for line in _everything(body):
        places |= {int(one["from_ms"]) for one in line["sources"]}
    return {at: number for number, at in enumerate(sorted(places), 1)}


def _everything(body: dict[str, Any]) -> list[dict[str, Any]]:
    lines = [line for name in SECTIONS for line in body["sections"].get(name, [])]
    items = [one for kind in ITEMS for one in body[kind]]
    return [*lines, *items, *([body["follow_up"]] if body["follow_up"] else [])]


def _lines(found: Any, numbers: dict[int, int], by: Any) -> list[dict[str, Any]]:
    """What was said, each line with the numbers of what rests on it."""
    return [
        {"line": line, "sources": [number for at, number in numbers.items() if line.from_ms <= at < line.to_ms]}
        for line in queries.lines(found, seen_by=by)
    ]


def _sources(one: dict[str, Any], numbers: dict[int, int]) -> list[dict[str, Any]]:
    return [{**source, "number": numbers[int(source["from_ms"])]} for source in one["sources"]]


def _flags(one: dict[str, Any]) -> list[str]:
    return [FLAGS.get(flag, FLAGS["NO_SOURCE"]) for flag in one["flags"]]


def _section(name: str, body: dict[str, Any], numbers: dict[int, int], sent: QueryDict) -> dict[str, Any]:
    letter, title = LETTERS[name]
    drafted = body["sections"].get(name, [])
    return {
        "name": name, "letter": letter, "title": title, "chosen": sent.get(name, ""),
        "lines": [{**line, "sources": _sources(line, numbers), "why": _flags(line)} for line in drafted],
        "text": sent.get(f"{name}_text", text_of(body, name)),
    }  # fmt: skip


def _item(kind: str, at: int, one: dict[str, Any], numbers: dict[int, int], sent: QueryDict) -> dict[str, Any]:
    key = f"{kind}_{at}"
    return {
        **one, "key": key, "number": at + 1, "sources": _sources(one, numbers), "why": _flags(one),
        "chosen": sent.get(key, ""), "reason": sent.get(f"{key}_reason", ""), "said": sent,
    }  # fmt: skip


def _medicine(at: int, one: dict[str, Any], numbers: dict[int, int], sent: QueryDict) -> dict[str, Any]:
    """A medicine with the fields of a prescription line; what was not said stays empty, what is flagged too."""
    made = _item("medicines", at, one, numbers, sent)
    dose, unit = begun_dose(str(one.get("dose") or ""))
    begun = {
        "strength": one.get("strength") or "", "dose": dose, "dose_unit": unit, "frequency": one.get("frequency") or "",
        "days": one.get("days") or "", "route": one.get("route") or "", "every_hours": one.get("every_hours") or "",
        "most_a_day": one.get("most_a_day") or "", "instructions": _asked_for(one),
    }  # fmt: skip
    if one["flags"]:
        begun = dict.fromkeys(begun, "")
    key = made["key"]
    made["fields"] = {name: sent.get(f"{key}_{name}", str(value)) for name, value in begun.items()}
    made["often"] = _often(one)
    made["can"] = is_prescribable(one)
    return made


def _often(one: dict[str, Any]) -> str:
    if one.get("frequency") == "EVERY" and one.get("every_hours"):
        return f"every {one['every_hours']} hours"
    if one.get("frequency") == "SOS":
        most, what = one.get("most_a_day"), one.get("needed_for")
        return f"when needed{f' for {what}' if what else ''}{f', at most {most} a day' if most else ''}"
    return dict(prescribing.frequencies()).get(str(one.get("frequency")), "")


def _asked_for(one: dict[str, Any]) -> str:
    """What stands on the line of something that is taken when needed: "For pain"."""
    return f"For {one['needed_for']}" if one.get("needed_for") else ""


def _follow_up(found: Any, body: dict[str, Any], numbers: dict[int, int], sent: QueryDict) -> dict[str, Any] | None:
    one = body["follow_up"]
    if not one:
        return None
    days = sent.get("follow_up_days", "" if one["flags"] else str(one["in_days"] or ""))
    on = due(found, int(one["in_days"])) if one["in_days"] and not one["flags"] else None
    return {
        **one, "key": "follow_up", "sources": _sources(one, numbers), "why": _flags(one), "on": on, "days": days,
        "chosen": sent.get("follow_up", ""), "reason": sent.get("follow_up_reason", ""),
    }  # fmt: skip
