"""The table itself: guard, buttons, the one writer of a status, and what the database is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, models

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.audit import AuditEvent
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.lifecycle.moves import Button, Check, Move
from kalon.kernel.lifecycle.rules import guard_trigger, history_trigger, seal_trigger
from kalon.kernel.triggers import Trigger

REGISTRY: dict[str, "Lifecycle"] = {}


class Staged(models.Model):
    """A row with a status that moves along a lifecycle; `status_at` is written by the database."""

    status: Any
    status_at = models.DateTimeField(editable=False, default=clock.now)

    class Meta:
        abstract = True


@dataclass(frozen=True)
class Lifecycle:
    """The states of one aggregate and every move between them.

    `of` names the model ("scheduling.Appointment"); `noun` is what people call it; `seals` are the states in
    which the row is read-only but for `open_columns`. Upper contexts add checks with `also_requires`.
    """

    of: str
    noun: str
    states: type[models.TextChoices]
    initial: tuple[str, ...]
    moves: tuple[Move, ...]
    seals: tuple[str, ...] = ()
    open_columns: tuple[str, ...] = ()
    _added: dict[str, list[Check]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        drawn = set(self.states.values)
        used = set(self.initial) | {m.target for m in self.moves} | {s for m in self.moves for s in m.source}
        if used != drawn:
            raise ValueError(f"{self.of}: states and arrows differ in {sorted(map(str, used ^ drawn))}.")
        REGISTRY[self.of] = self

    def __getitem__(self, name: str) -> Move:
        for move in self.moves:
            if move.name == name:
                return move
        raise NotFound(f"There is no move called {name}.")

    def also_requires(self, name: str, check: Check) -> None:
        """Have an upper context stand in the way of a move until its check is content."""
        self[name]
        checks = self._added.setdefault(name, [])
        if check not in checks:
            checks.append(check)

    def obstacles(self, move: Move, obj: Any) -> list[str]:
        """Why the move cannot be made yet, each in one sentence."""
        reasons = [row.otherwise for row in move.where if row.otherwise and not row.holds(obj)]
        checks = (*move.requires, *self._added.get(move.name, ()))
        return reasons + [str(reason) for check in checks if (reason := check(obj))]

    def guard(self, obj: Any, name: str, *, by: Actor, reason: str = "") -> Move:
        """Refuse the move with a sentence, or return it."""
        move = self[name]
        if not by.may(move.permission):
            raise NotPermitted(
                f"{by.name} may not {move.label}. Ask the owner of the clinic for the right.",
                permission=move.permission,
            )
        if obj.status not in move.source:
            raise IllegalMove(
                f"You cannot {move.label}: the {self.noun} is {_spoken(obj)}.",
                status_is=str(obj.status),
                moves=[m.name for m in self.moves if obj.status in m.source and by.may(m.permission)],
            )
        if (move.reason_needed or move.correction) and not reason.strip():
            raise Invalid(f"Write why, to {move.label}.", field="reason")
        if move.within is not None and clock.now() - obj.status_at > move.within:
            raise IllegalMove(
                f"It is too late to {move.label}: this is possible for {_spoken_span(move.within)}.",
                status_is=str(obj.status),
            )
        if obstacles := self.obstacles(move, obj):
            raise NotReady(" ".join(obstacles), obstacles=obstacles)
        return move

    def move(self, obj: Any, name: str, *, by: Actor, reason: str = "", **changes: Any) -> None:
        """Make a move on a locked row: the only writer of a status. `changes` are saved with it."""
        for column, value in changes.items():
            setattr(obj, column, value)
        move = self.guard(obj, name, by=by, reason=reason)
        before = obj.status
        obj.status, obj.status_at = move.target, clock.now()
        try:
            self._save(obj, move, reason, changes)
        except BaseException:
            obj.status = before
            raise

    def born(self, obj: Any, *, name: str = "begin", reason: str = "") -> Any:
        """Write a new row in one of its beginnings; returns it."""
        _say(name, reason)
        obj.save(force_insert=True)
        _say("", "")
        return obj

    def _save(self, obj: Any, move: Move, reason: str, changes: dict[str, Any]) -> None:
        refusal = IllegalMove(
            f"You cannot {move.label}: somebody changed the {self.noun} meanwhile. Look at it again.",
            status_is=str(obj.status),
        )
        with refusing({f"{obj._meta.db_table}_status_moves": refusal}):
            _say(move.name, reason)
            obj.save(update_fields=["status", "status_at", *changes])
            _say("", "")

    def buttons(self, obj: Any, *, by: Actor, only: Sequence[str] | None = None) -> list[Button]:
        """The moves this actor could make from here; those that cannot be made yet say why."""
        drawn = (m for m in self.moves if obj.status in m.source and by.may(m.permission) and not m.automatic)
        fresh = (m for m in drawn if m.within is None or clock.now() - obj.status_at <= m.within)
        return [Button(m, tuple(self.obstacles(m, obj))) for m in fresh if only is None or m.name in only]

    def history(self, obj: Any) -> "models.QuerySet[AuditEvent]":
        """Who moved it, when, why, from where to where: oldest first."""
        return AuditEvent.objects.filter(subject_id=obj.pk, kind="MOVE").order_by("id")

    def rules(self, table: str, *, patient: str | None = None) -> list[Trigger]:
        """The database's side of this table, for `Meta.constraints`."""
        rules = [
            guard_trigger(table, initial=self.initial, moves=self.moves),
            history_trigger(table, patient=patient),
        ]
        if self.seals:
            rules.append(seal_trigger(table, states=self.seals, may_change=("status", "status_at", *self.open_columns)))
        return rules


def _say(move: str, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('kalon.move', %s, true), set_config('kalon.reason', %s, true)", [move, reason.strip()]
        )


def _spoken_span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} hours" if minutes >= 120 and minutes % 60 == 0 else f"{minutes} minutes"


def _spoken(obj: Any) -> str:
    return str(obj.get_status_display()).lower()
