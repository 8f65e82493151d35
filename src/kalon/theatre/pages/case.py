"""The case on its day, on a tablet held in theatre: one press for each thing that happens."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel import audit
from kalon.kernel.errors import DomainError, NotPermitted
from kalon.kernel.ids import uuid7
from kalon.patients import queries as patients
from kalon.plans import queries as plans
from kalon.plans.lifecycles import READ as PLANS
from kalon.plans.lifecycles import Side
from kalon.theatre import actions, forms, queries
from kalon.theatre.actions.noting import WRITTEN_IN
from kalon.theatre.lifecycles import ARRANGE, CASE, OPERATE, SIGN_NOTE, STATE, VIEW, CaseStatus, TeamRole
from kalon.theatre.models import Case, Stage
from kalon.theatre.pages.after import after
from kalon.theatre.pages.looks import case_look
from kalon.theatre.rules import checklist
from kalon.theatre.rules import day as course
from kalon.theatre.rules.using import sides_of
from kalon.web.fronts import actor_of, go, render, staff_page


@require_GET
@staff_page(VIEW)
def case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One case: who, where on the body, what is done, and what comes next."""
    return show(request, pk)


@require_GET
@staff_page(VIEW)
def news(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whether somebody wrote something on another tablet since this page was drawn."""
    by = actor_of(request)
    day = queries.day_of(queries.case(pk, seen_by=by), seen_by=by)
    if request.GET.get("edition") == day.edition:
        return HttpResponse(status=204)
    return render(request, "theatre/case/_news.html", {"case": day.case})


@require_POST
@staff_page(OPERATE)
def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The wristband is read and each side pointed at; then the case starts."""

    def do() -> str:
        told = forms.StartForm(request.POST).told()
        sides = {UUID(name[5:]): str(value) for name, value in request.POST.items() if name.startswith("side-")}
        actions.start(pk, told_mrn=str(told["mrn"]), told_sides=sides, by=actor_of(request))
        return "The case has started."

    return press(request, pk, do, at="start")


@require_POST
@staff_page(STATE)
def state(request: HttpRequest, pk: UUID, line_id: UUID) -> HttpResponse:
    """A line of the day (fasting, pregnancy test, escort) is answered under one's own name."""

    def do() -> str:
        told = forms.WordsForm(request.POST).told()
        actions.state(line_id, told["words"], by=actor_of(request))
        return "Written down."

    return press(request, pk, do, at="start")


@require_POST
@staff_page(OPERATE)
def answer(request: HttpRequest, pk: UUID, stage_id: UUID) -> HttpResponse:
    """An item of the checklist: the whole row is the button."""

    def do() -> str:
        told = forms.AnswerForm(request.POST).told()
        if told["answer"] == "BACK":
            actions.take_back_answer(stage_id, told["code"], by=actor_of(request))
            return "Taken back."
        actions.answer(stage_id, told["code"], told["answer"], told["note"], by=actor_of(request))
        return ""

    return press(request, pk, do, at=str(stage_id))


@require_POST
@staff_page(OPERATE)
def sign(request: HttpRequest, pk: UUID, stage_id: UUID) -> HttpResponse:
    """Somebody says their part of a stage was done."""

    def do() -> str:
        told = forms.SignForm(request.POST).told()
        made = actions.sign(stage_id, told["role"], told["staff"], by=actor_of(request))
        return f"{made.staff.name} signed."

    return press(request, pk, do, at=str(stage_id))


@require_POST
@staff_page(OPERATE)
def complete_stage(request: HttpRequest, pk: UUID, stage_id: UUID) -> HttpResponse:
    def do() -> str:
        done = actions.complete_stage(stage_id, by=actor_of(request))
        return f"The {done.get_kind_display().lower()} is complete."

    return press(request, pk, do, at="next")


@require_POST
@staff_page(OPERATE)
def time(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Something happens now, or happened some minutes ago."""

    def do() -> str:
        told = forms.TimeForm(request.POST).told()
        actions.write_time(pk, told["which"], told["minutes_ago"] or 0, by=actor_of(request))
        return ""

    return press(request, pk, do, at="next")


@require_POST
@staff_page(OPERATE)
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A time that was pressed by mistake."""

    def do() -> str:
        form = forms.CorrectForm(request.POST)
        told = form.told()
        zone = queries.case(pk, seen_by=actor_of(request)).branch.timezone
        actions.correct_time(
            pk, told["which"], form.moment(zone), told["reason"], seen=told["seen"], by=actor_of(request)
        )
        return "Corrected."

    return press(request, pk, do, at="times")


@require_POST
@staff_page(OPERATE)
def count(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Swabs, needles or instruments are counted."""

    def do() -> str:
        told = forms.CountForm(request.POST).told()
        seen = (told.pop("seen_before"), told.pop("seen_after"))
        actions.count(pk, **told, seen=seen, by=actor_of(request))
        return "Counted."

    return press(request, pk, do, at="counts")


@require_POST
@staff_page(OPERATE)
def complications(request: HttpRequest, pk: UUID) -> HttpResponse:
    def do() -> str:
        told = forms.WordsForm(request.POST).told()
        actions.say_complications(pk, told["words"], seen=told["seen"], by=actor_of(request))
        return "Written down."

    return press(request, pk, do, at="complications")


@require_POST
@staff_page(OPERATE)
def nothing_used(request: HttpRequest, pk: UUID) -> HttpResponse:
    def do() -> str:
        actions.sign_nothing_used(pk, by=actor_of(request))
        return "Signed: nothing from stock was used."

    return press(request, pk, do, at="next")


@require_POST
@staff_page(OPERATE)
def nothing_used_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    def do() -> str:
        actions.take_back_nothing_used(pk, forms.WhyForm(request.POST).told()["reason"], by=actor_of(request))
        return "Taken back. Scan what was used."

    return press(request, pk, do, at="scan")


@require_POST
@staff_page(OPERATE)
def no_implant(request: HttpRequest, pk: UUID) -> HttpResponse:
    def do() -> str:
        actions.sign_no_implant(pk, forms.WhyForm(request.POST).told()["reason"], by=actor_of(request))
        return "Signed: no implant was put in there."

    return press(request, pk, do, at="next")


@require_POST
@staff_page(OPERATE)
def complete(request: HttpRequest, pk: UUID) -> HttpResponse:
    def do() -> str:
        actions.complete(pk, by=actor_of(request))
        return "The case is completed."

    return press(request, pk, do, at="next")


@require_POST
@staff_page(OPERATE)
def abort(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, actions.abort, "The case was aborted.")


@require_POST
@staff_page(OPERATE)
def undo_start(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, actions.undo_start, "The start is taken back.")


@require_POST
@staff_page(ARRANGE)
def postpone(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, actions.postpone, "The case is put off.")


@require_POST
@staff_page(ARRANGE)
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, actions.cancel, "The case is cancelled.")


@require_POST
@staff_page(ARRANGE)
def renew(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The case is put on the clearance that was given anew for its day."""

    def do() -> str:
        actions.renew(pk, by=actor_of(request))
        return "The case stands on the new clearance."

    return press(request, pk, do, at="start")


def press(request: HttpRequest, pk: UUID, do: Callable[[], str], *, at: str) -> HttpResponse:
    """Do what was pressed and show the case as it stands now; a refusal is said where the finger is.

    What another tablet did meanwhile is a refusal too: the sentence says so, over what really stands there.
    """
    try:
        with transaction.atomic():
            said = do()
    except NotPermitted:
        raise
    except DomainError as refusal:
        return show(request, pk, refused=refusal, at=at, status=422)
    if request.headers.get("HX-Request"):
        return show(request, pk, said=said, at=at)
    return go(request, "theatre:case", pk=pk, toast=said)


def show(
    request: HttpRequest, pk: UUID, *, refused: DomainError | None = None, at: str = "", said: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page of a case, with what was refused or done just now."""
    by = actor_of(request)
    found = queries.case(pk, seen_by=by)
    audit.read(by, found, purpose="opened the case")
    day = queries.day_of(found, seen_by=by)
    runs = by.may(OPERATE) and found.status == CaseStatus.IN_PROGRESS
    team = queries.signers(found, seen_by=by) if runs else {}
    context = {
        **facts(found),
        "day": day,
        **_around(found, by),
        **_unclear(found, by),
        "step": day.step,
        "needs_yes": {item.code for part in checklist.ITEMS.values() for item in part if item.needs_yes},
        "parts": [(stage, _waiting(stage, team)) for stage in day.stages],
        "asked": course.asked(
            {stage.kind: stage.is_complete for stage in day.stages}, is_closed=bool(found.closure_at)
        ),
        "scan_key": uuid7().hex,
        "buttons": {button.move.name: button for button in CASE.buttons(found, by=by)},
        "history": [(event, CaseStatus(event.to_state).label) for event in CASE.history(found)],
        "runs": runs,
        "after": after(found, implants=bool(day.implants), by=by),
        "may_operate": by.may(OPERATE),
        "may_say": queries.sayable(seen_by=by) if found.status == CaseStatus.SCHEDULED else frozenset(),
        "may_arrange": by.may(ARRANGE),
        "may_note": by.may(SIGN_NOTE) and found.status in WRITTEN_IN,
        "owed": queries.owed_of(found, seen_by=by) if found.is_flagged else None,
        "may_return": by.may(OPERATE) and found.status in (CaseStatus.COMPLETED, CaseStatus.ABORTED),
        "refused": refused,
        "refused_at": at if refused else "",
        "said": said,
        "said_at": at if said else "",
        "typed": request.POST if refused else {},
    }
    return render(request, "theatre/case/case.html", context, status=status)


def _around(found: Case, by: Any) -> dict[str, Any]:
    """The list of the day before it begins, that of afterwards once it is over, and going home."""
    moment = {CaseStatus.SCHEDULED: "DAY_OF", CaseStatus.COMPLETED: "AFTER", CaseStatus.ABORTED: "AFTER"}.get(
        CaseStatus(found.status)
    )
    is_over = moment == "AFTER"
    parts = queries.list_for(found, seen_by=by) if moment and by.may(PLANS) else []
    return {
        "listed": [part for part in parts if part.moment == moment],
        "ticks": plans.ticks_for(by) if parts else frozenset(),
        "preferred": queries.preferred_of(found, seen_by=by) if not found.is_over else [],
        "gone": queries.discharge_of(found) if is_over else None,
        "waits_home": [row for part in parts if part.moment == "AFTER" for row in part.open] if is_over else [],
        "may_discharge": is_over and by.may(OPERATE),
    }


def _unclear(found: Case, by: Any) -> dict[str, Any]:
    """Whether the clearance of a planned case has ended before its day, and the one that follows it."""
    ended = found.status == CaseStatus.SCHEDULED and found.clearance and found.clearance.status != "CLEARED"
    return {"ended": True, "anew": queries.anew_for(found, seen_by=by)} if ended else {}


def facts(found: Case) -> dict[str, Any]:
    """Who, where on the body and what: what stands large on every page of a case."""
    lines = [
        {"line": one, "title": queries.title_of(one), "side": one.side, "choices": _choices(one.side)}
        for one in found.lines.all()
    ]
    possible = sides_of(one.side for one in found.lines.all())
    return {
        "case": found,
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "look": case_look(found),
        "lines": lines,
        "sides": [(side, Side(side).label) for side in possible],
        "letters": {side: side in possible for side in ("LEFT", "RIGHT")},
        "side_word": _side_word(possible),
    }


def _choices(side: str) -> list[tuple[str, str]]:
    """The sides that may be pointed at; a line without one answers "no side"."""
    none = side if side in ("", Side.NONE) else Side.NONE
    return [*((one.value, one.label) for one in Side if one != Side.NONE), (none, Side.NONE.label)]


def _waiting(stage: Stage, team: dict[str, list[Any]]) -> list[tuple[str, str, list[Any]]]:
    """The roles that have not signed a stage, with who may."""
    signed = {one.role for one in stage.signatures.all()}
    return [(role, TeamRole(role).label, team.get(role, [])) for role in stage.roles if role not in signed]


def _side_word(possible: list[str]) -> str:
    if "LEFT" in possible and "RIGHT" in possible:
        return "Both sides"
    return ", ".join(Side(side).label for side in possible)


def _with_reason(request: HttpRequest, pk: UUID, verb: Callable[..., Case], said: str) -> HttpResponse:
    def do() -> str:
        verb(pk, reason=forms.WhyForm(request.POST).told()["reason"], by=actor_of(request))
        return said

    return press(request, pk, do, at="change")
