"""What is to be done before and after a plan's procedures, and who ticked it when: a tick is a row."""

# ruff: noqa: S608  (these strings are the rules themselves; nothing in them comes from outside)

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from kalon.catalog.lifecycles import Moment, Who
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only
from kalon.plans.rules.checklists import FITS

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

THROUGH_PATIENT = ("organization_id", "patient_id")


class TickState(models.TextChoices):
    DONE = "DONE", "Done"
    NOT_NEEDED = "NOT_NEEDED", "Does not apply"
    TAKEN_BACK = "TAKEN_BACK", "Taken back"


def _of_its_procedure() -> Trigger:
    """An item comes from the list of a procedure that the plan holds, once the plan is approved."""
    body = """
    IF EXISTS (SELECT FROM catalog_checklistitem asked JOIN catalog_checklist list ON list.id = asked.checklist_id
            JOIN plans_planline line ON line.entry_id = list.procedure_id
            JOIN plans_procedureplan plan ON plan.id = line.plan_id
        WHERE asked.id = NEW.item_id AND plan.id = NEW.plan_id
            AND plan.status NOT IN ('DRAFT', 'PENDING_APPROVAL', 'CANCELLED')) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a list hangs from an approved plan that holds its procedure'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_listitem_of_its_procedure';"""
    return Trigger(name="plans_listitem_of_its_procedure", events="BEFORE INSERT", body=body)


def _by_who_acts() -> Trigger:
    """Ticked now, by whoever acts, in their own role: patients what is theirs, staff what their work is."""
    fits = "\n".join(
        f"            WHEN '{who}' THEN {'true' if kinds is None else 'staff.kind IN ' + _listed(kinds)}"
        for who, kinds in FITS.items()
    )
    body = f"""
    SELECT item.who, plan.status INTO asked FROM plans_listitem entry
        JOIN catalog_checklistitem item ON item.id = entry.item_id
        JOIN plans_procedureplan plan ON plan.id = entry.plan_id WHERE entry.id = NEW.list_item_id;
    IF asked.status = 'CANCELLED' THEN
        RAISE EXCEPTION 'this plan will not be carried out'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_tick_of_a_plan';
    END IF;
    IF NEW.said_at NOT BETWEEN kalon_now() - interval '1 minute' AND kalon_now() + interval '1 minute' THEN
        RAISE EXCEPTION 'a tick is of now' USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_tick_of_now';
    END IF;
    IF NEW.said_by_id IS NOT DISTINCT FROM kalon_user() AND (
        current_user = 'kalon_portal' AND asked.who = 'PATIENT' AND NEW.staff_id IS NULL
            AND NEW.state <> 'NOT_NEEDED'
        OR current_user <> 'kalon_portal' AND EXISTS (SELECT FROM people_staff staff
            WHERE staff.id = NEW.staff_id AND staff.user_id = kalon_user() AND CASE asked.who
{fits} ELSE false END)) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'everybody ticks under their own name what is theirs to do'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_tick_by_who_acts';"""
    return Trigger(name="plans_tick_by_who_acts", events="BEFORE INSERT", body=body, declare="asked record;")


def _listed(kinds: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{kind}'" for kind in kinds) + ")"


class ListItem(PatientRecord):
    """One thing to do for one plan: the item of its procedure's list that counted when the plan was approved."""

    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="list_items")
    item = models.ForeignKey("catalog.ChecklistItem", on_delete=models.PROTECT, related_name="+")

    plan_id: UUID
    item_id: UUID
    ticks: "RelatedManager[Tick]"

    class Meta:
        db_table = "plans_listitem"
        ordering = ["plan", "id"]
        constraints = [
            *append_only("plans_listitem", name="plans_listitem_stays"),
            _of_its_procedure(),
            models.UniqueConstraint(fields=["plan", "item"], name="plans_listitem_once"),
            models.UniqueConstraint(fields=[*THROUGH_PATIENT, "id"], name="plans_listitem_of_patient_once"),
            SameOrganization(
                name="plans_listitem_of_plan", field="plan_id", to="plans.ProcedurePlan", through=THROUGH_PATIENT
            ),
            SameOrganization(name="plans_listitem_item_here", field="item_id", to="catalog.ChecklistItem"),
            SameOrganization(name="plans_listitem_patient_here", field="patient_id", to="patients.Patient"),
            RowSecurity(name="plans_listitem_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT"),
        ]

    @property
    def moment(self) -> Moment:
        return Moment(self.item.moment)

    @property
    def is_own(self) -> bool:
        """Whether it is the patient's own to do."""
        return self.item.who == Who.PATIENT

    @property
    def last(self) -> "Tick | None":
        """What was said of it last."""
        return max(self.ticks.all(), key=lambda tick: (tick.said_at, tick.pk), default=None)


class Tick(PatientRecord):
    """Somebody says that an item is done, does not apply, or was ticked wrongly; corrected by a further row.

    `staff` is the member of staff; empty where the patient ticked it on their own pages. `replaces` names the tick
    that it corrects, so that what stands is the one that no other replaces.
    """

    list_item = models.ForeignKey(ListItem, on_delete=models.PROTECT, related_name="ticks")
    state = models.CharField(max_length=10, choices=TickState)
    note: "str | None" = EncryptedText(key="patient.data_key", null=True)  # type: ignore[assignment]
    said_at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField()
    said_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")

    list_item_id: UUID
    staff_id: UUID | None
    replaces_id: UUID | None

    class Meta:
        db_table = "plans_tick"
        ordering = ["said_at", "id"]
        constraints = [
            *append_only("plans_tick", name="plans_tick_stays"),
            _by_who_acts(),
            models.UniqueConstraint(fields=["list_item"], condition=Q(replaces=None), name="plans_tick_first_once"),
            models.UniqueConstraint(fields=[*THROUGH_PATIENT, "list_item", "id"], name="plans_tick_of_item_once"),
            models.CheckConstraint(
                condition=Q(state=TickState.DONE)
                | Q(state=TickState.NOT_NEEDED, note__isnull=False)
                | Q(state=TickState.TAKEN_BACK, replaces__isnull=False),
                name="plans_tick_said",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="plans_tick_named"),
            SameOrganization(
                name="plans_tick_of_item", field="list_item_id", to="plans.ListItem", through=THROUGH_PATIENT
            ),
            SameOrganization(
                name="plans_tick_replaces_of_item",
                field="replaces_id",
                to="plans.Tick",
                through=(*THROUGH_PATIENT, "list_item_id"),
            ),
            SameOrganization(name="plans_tick_staff_here", field="staff_id", to="people.Staff"),
            RowSecurity(name="plans_tick_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT, INSERT"),
        ]

    @property
    def is_done(self) -> bool:
        return self.state != TickState.TAKEN_BACK

    def said_on(self, zone: str) -> date:
        return self.said_at.astimezone(ZoneInfo(zone)).date()


OPEN_ITEMS = """
-- Whether something required of a plan's list is open: not ticked, not on `on_day`, or before `since`.
CREATE OR REPLACE FUNCTION plans_list_open(a_plan uuid, a_moment text, on_day date, since timestamptz)
RETURNS boolean LANGUAGE sql STABLE AS $body$
    SELECT EXISTS (SELECT FROM plans_listitem entry
        JOIN catalog_checklistitem asked ON asked.id = entry.item_id
        JOIN plans_procedureplan plan ON plan.id = entry.plan_id
        JOIN people_branch place ON place.id = plan.branch_id
        WHERE entry.plan_id = a_plan AND asked.moment = a_moment AND asked.is_required
            AND NOT EXISTS (SELECT FROM plans_tick said WHERE said.list_item_id = entry.id
                AND said.state <> 'TAKEN_BACK'
                AND NOT EXISTS (SELECT FROM plans_tick later WHERE later.replaces_id = said.id)
                AND (on_day IS NULL OR (said.said_at AT TIME ZONE place.timezone)::date = on_day)
                AND (since IS NULL OR said.said_at >= since)))
$body$;
"""
OPEN_ITEMS_OFF = "DROP FUNCTION plans_list_open(uuid, text, date, timestamptz);"
