"""The safety checklist of a case: answered item by item, counted, signed by role, complete stage by stage."""

from uuid import UUID

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotReady
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.theatre import queries, rules
from kalon.theatre.lifecycles import OPERATE, STAGE, CaseStatus, StageKind, StageStatus, TeamRole
from kalon.theatre.models import Answer, Case, CheckItem, Count, Stage, StageSignature, What
from kalon.theatre.rules import checklist

MOST = 2000
COMPLETE = {
    "theatre_stage_in_turn": NotReady("The stages follow each other: sign in, time out, and after closure sign out."),
    "theatre_stage_answered": NotReady("Answer every item first."),
    "theatre_stage_signed": NotReady("Somebody has not signed this stage yet."),
    "theatre_stage_counted": NotReady("The counts do not agree. Count again, or write what became of it."),
}


def open_stages(case: Case) -> None:
    """The three stages of a case that starts, with everything they ask; they wait where a start was taken back."""
    if case.stages.exists():
        return
    for kind in StageKind:
        stage = Stage(
            organization_id=case.organization_id, patient=case.patient, case=case, kind=kind,
            roles=checklist.roles(kind, anaesthesia=case.anaesthesia),
        )  # fmt: skip
        STAGE.born(stage, name="open")
        CheckItem.objects.bulk_create(
            CheckItem(
                organization_id=case.organization_id, patient=case.patient, stage=stage, code=item.code,
                position=position, words=item.words,
            )
            for position, item in enumerate(checklist.ITEMS[kind], start=1)
        )  # fmt: skip


@verb
def answer(stage_id: UUID, code: str, said: str, note: str = "", *, by: Actor) -> CheckItem:
    """Answer one item of a stage; what is not as it should be is explained."""
    stage = _open(stage_id, by)
    _in_turn(stage)
    item = CheckItem.objects.filter(stage=stage, code=code).select_related("patient").first()
    if item is None:
        raise NotFound("There is no such item in this stage.")
    if said not in Answer.values:
        raise Invalid("Answer yes, no, or that it does not apply.", field="answer")
    asked = checklist.item(stage.kind, code)
    if said != Answer.YES and asked is not None and asked.needs_yes:
        raise NotReady(f"“{item.words}” must hold before anybody goes on.", obstacles=[code])
    if said == Answer.NO and not note.strip():
        raise Invalid("Write why not.", field="note")
    item.answer, item.note, item.answered_by, item.answered_at = said, note.strip()[:MOST], by.name, clock.now()
    item.save(update_fields=["answer", "note", "answered_by", "answered_at"])
    return item


@verb
def take_back_answer(stage_id: UUID, code: str, *, by: Actor) -> CheckItem:
    """Take an answer back that was pressed by mistake, while the stage is open."""
    stage = _open(stage_id, by)
    item = CheckItem.objects.filter(stage=stage, code=code).select_related("patient").first()
    if item is None:
        raise NotFound("There is no such item in this stage.")
    if not item.answer:
        raise IllegalMove("This item is not answered. Somebody took it back already.", status_is=stage.status)
    was = {"item": code, "was": item.answer, "by": item.answered_by}
    item.answer, item.note, item.answered_by, item.answered_at = "", "", "", None
    item.save(update_fields=["answer", "note", "answered_by", "answered_at"])
    audit.note(by, audit.Kind.CHANGE, stage.case, facts=was)
    return item


@verb
def sign(stage_id: UUID, role: str, staff_id: UUID, *, by: Actor) -> StageSignature:
    """Take somebody's word for their part of a stage, in their role; the tablet goes from hand to hand."""
    stage = _open(stage_id, by)
    _in_turn(stage)
    if role not in TeamRole.values:
        raise Invalid("The roles are surgeon, anaesthesia and nurse.", field="role")
    made = StageSignature(
        organization_id=stage.organization_id, patient=stage.patient, stage=stage, role=role,
        staff=people.staff_member(staff_id, seen_by=by), signed_at=clock.now(), taken_by_id=by.user_id,
    )  # fmt: skip
    twice = Clash("This role has signed already, or this person signed in another role.")
    wrong = Invalid("Everybody signs in their own role. Choose somebody of that profession.", field="staff_id")
    refusals = {
        "theatre_stagesignature_once": twice, "theatre_stagesignature_one_person": twice,
        "theatre_stagesignature_role": wrong,
    }  # fmt: skip
    with refusing(refusals):
        made.save(force_insert=True)
    return made


@verb
def count(case_id: UUID, what: str, *, before: int | None = None, after: int | None = None,
          explanation: str = "", seen: tuple[int | None, int | None] | None = None, by: Actor) -> Count:  # fmt: skip
    """Write down how many swabs, needles or instruments there are, before or after; a difference is explained.

    `seen` is what stood there, before and after, for whoever writes: a Clash when somebody counted meanwhile.
    """
    by.must(OPERATE, do="write down counts")
    case = queries.case(case_id, seen_by=by, lock=True)
    if case.status != CaseStatus.IN_PROGRESS:
        raise IllegalMove("Counts are written in theatre.", status_is=case.status)
    if what not in What.values:
        raise Invalid("Swabs, needles or instruments are counted.", field="what")
    held = Count.objects.filter(case=case, what=what).select_related("patient").first()
    stands = (held.before, held.after) if held else (None, None)
    if seen is not None and seen != stands and stands != (before, after):
        written = " before and ".join("none" if one is None else str(one) for one in stands)
        raise Clash(f"Somebody counted {What(what).label.lower()} meanwhile: {written} after. Look, then count again.")
    for number, field in ((before, "before"), (after, "after")):
        if number is not None and not 0 <= number <= 999:
            raise Invalid("A count is between 0 and 999.", field=field)
    if held is None:
        if before is None:
            raise NotReady("Count before the operation first.")
        held = Count(organization_id=case.organization_id, patient=case.patient, case=case, what=what, before=before)
    elif before is not None:
        held.before = before
    if after is not None:
        held.after = after
        words = explanation.strip()
        if after != held.before and words:
            held.explanation = rules.needed(words, field="explanation", otherwise="")
        elif after == held.before:
            held.explanation = None
    held.save()
    return held


@verb
def complete_stage(stage_id: UUID, *, by: Actor) -> Stage:
    """Complete a stage: everything answered, everybody signed, and at the end the counts agree. Sealed from then on."""
    stage = _open(stage_id, by)
    with refusing(COMPLETE):
        STAGE.move(stage, "complete", by=by, completed_at=clock.now())
    return stage


def _in_turn(stage: Stage) -> None:
    """Nobody says beforehand what is asked later: the time out after the sign in, the sign out after closure."""
    before = Stage.objects.filter(case_id=stage.case_id, kind=StageKind.SIGN_IN, status=StageStatus.COMPLETE)
    if stage.kind == StageKind.TIME_OUT and not before.exists():
        raise NotReady("The time out is asked after the sign in. Complete that first.", obstacles=["SIGN_IN"])
    if stage.kind == StageKind.SIGN_OUT and stage.case.closure_at is None:
        raise NotReady("The sign out is asked after closure. Write that time first.", obstacles=["closure"])


def _open(stage_id: UUID, by: Actor) -> Stage:
    by.must(OPERATE, do="work on the safety checklist")
    stage = queries.stage(stage_id, seen_by=by)
    if stage.status == StageStatus.COMPLETE:
        raise IllegalMove(f"The {stage.get_kind_display().lower()} is complete and sealed.", status_is=stage.status)
    if stage.case.status != CaseStatus.IN_PROGRESS:
        raise IllegalMove("The checklist is worked on in theatre.", status_is=stage.case.status)
    return stage
