"""People over JSON: sign in, who I am, staff, branches, rooms, roles, and my tokens."""

from datetime import datetime, time
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel.actors import Actor
from kalon.people import actions, queries
from kalon.people.models import AccessToken, Equipment, Role, Room, Staff
from kalon.people.pages import sign_in
from kalon.people.rules import PERMISSIONS

router = Router(tags=["people"])
Feature = Annotated[str, Field(max_length=40)]


class SignIn(Schema):
    login: str = Field(max_length=254, description="E-mail, or phone with its country")
    password: str = Field(max_length=200)
    code: str = Field(
        "", max_length=16, description="From the authenticator app, or a recovery code, where one is set up"
    )
    label: str = Field("Signed in through the API", max_length=80)


class TokenMade(Schema):
    token: str
    expires_at: datetime


class Me(Schema):
    name: str
    kind: str
    role_label: str
    organization_id: UUID
    branch_id: UUID | None
    permissions: list[str]


class StaffOut(Schema):
    id: UUID
    name: str
    title: str
    kind: str
    specialty: str
    registration_number: str
    is_active: bool


class NewStaff(Schema):
    name: str = Field(max_length=120)
    kind: str
    email: str | None = Field(None, max_length=254)
    phone: str | None = Field(None, max_length=40)
    title: str = Field("", max_length=80)
    specialty: str = Field("", max_length=120)
    registration_number: str = Field("", max_length=60)
    roles: list[str] = []
    branch_id: UUID | None = None


class BranchOut(Schema):
    id: UUID
    name: str
    code: str
    city: str
    address: str
    phone: str
    timezone: str
    opens_at: time
    closes_at: time
    is_active: bool


class RoomIn(Schema):
    name: str = Field(max_length=80)
    code: str = Field(max_length=12)
    kind: str = "CONSULTATION"
    capacity: int = Field(1, ge=1, le=50)
    buffer_minutes: int = Field(0, ge=0, le=240)
    features: list[Feature] = Field([], max_length=20)
    display_order: int = Field(50, ge=0, le=999, description="Of two rooms that fit, the lower is taken first")


class RoomOut(RoomIn):
    id: UUID
    branch_id: UUID
    is_active: bool


class EquipmentIn(Schema):
    name: str = Field(max_length=80)
    code: str = Field(max_length=12)
    kind: str = Field(max_length=40, description="What services ask for, such as LASER_ND_YAG")
    buffer_minutes: int = Field(0, ge=0, le=240)


class EquipmentChange(Schema):
    """The fields to change; those left out stay as they are."""

    name: str | None = Field(None, max_length=80)
    code: str | None = Field(None, max_length=12)
    kind: str | None = Field(None, max_length=40)
    buffer_minutes: int | None = Field(None, ge=0, le=240)
    is_active: bool | None = None


class EquipmentOut(EquipmentIn):
    id: UUID
    branch_id: UUID
    is_active: bool


class RoomChange(Schema):
    """The fields to change; those left out stay as they are."""

    name: str | None = Field(None, max_length=80)
    code: str | None = Field(None, max_length=12)
    kind: str | None = None
    capacity: int | None = Field(None, ge=1, le=50)
    buffer_minutes: int | None = Field(None, ge=0, le=240)
    features: list[Feature] | None = Field(None, max_length=20)
    display_order: int | None = Field(None, ge=0, le=999)
    is_active: bool | None = None


class RoleOut(Schema):
    id: UUID
    code: str
    name: str
    sentence: str
    permissions: list[str]


class RoleIn(Schema):
    name: str = Field(max_length=80)
    sentence: str = Field(max_length=240)
    permissions: list[str]


class Right(Schema):
    name: str
    sentence: str


class NewToken(Schema):
    label: str = Field(max_length=80)
    days: int = 30


class TokenOut(Schema):
    id: UUID
    label: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def _by(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined, no-any-return]


def _given(body: Schema) -> dict[str, Any]:
    """The fields that were sent with a value."""
    return body.dict(exclude_unset=True, exclude_none=True)


@router.post("/sign-in", auth=None, response={201: TokenMade})
def post_sign_in(request: HttpRequest, body: SignIn) -> tuple[int, dict[str, Any]]:
    """A bearer token for an e-mail or phone and a password; tries are counted as on the page."""
    token, expires_at = sign_in.for_token(
        request, login=body.login, password=body.password, code=body.code, label=body.label
    )
    return 201, {"token": token, "expires_at": expires_at}


@router.get("/me", response=Me)
def get_me(request: HttpRequest) -> dict[str, Any]:
    """Who I am here, and what I may do."""
    by = _by(request)
    return {
        "name": by.name,
        "kind": by.kind.value,
        "role_label": by.role_label,
        "organization_id": by.organization_id,
        "branch_id": by.branch_id,
        "permissions": sorted(by.permissions),
    }


@router.get("/staff", response=Page[StaffOut])
def get_staff(request: HttpRequest, q: str = "") -> dict[str, Any]:
    """Who works here."""
    by = _by(request)
    by.must("people.view", do="see who works here")
    rows = Staff.objects.filter(pk__in=queries.staff_list(seen_by=by, text=q[:80]).values("pk"))
    return paged(request, rows, StaffOut.from_orm, by="id")


@router.post("/staff", response={201: StaffOut})
def post_staff(request: HttpRequest, body: NewStaff) -> tuple[int, Staff]:
    """Somebody joins the clinic."""
    facts = body.dict(exclude={"roles", "branch_id"})
    return 201, actions.add_staff(**facts, roles={body.branch_id: body.roles} if body.roles else {}, by=_by(request))


@router.get("/branches", response=Page[BranchOut])
def get_branches(request: HttpRequest) -> dict[str, Any]:
    """The branches that are open for patients."""
    return paged(request, queries.branches(seen_by=_by(request)), BranchOut.from_orm, by="id")


@router.get("/rooms", response=Page[RoomOut])
def get_rooms(request: HttpRequest, branch_id: UUID, kind: str | None = None) -> dict[str, Any]:
    """The rooms in use of a branch."""
    return paged(
        request,
        queries.rooms(seen_by=_by(request), branch_id=branch_id, kind=kind),
        RoomOut.from_orm,
        by="id",
    )


@router.post("/branches/{branch_id}/rooms", response={201: RoomOut})
def post_room(request: HttpRequest, branch_id: UUID, body: RoomIn) -> tuple[int, Room]:
    """A new room."""
    return 201, actions.add_room(branch_id, **body.dict(), by=_by(request))


@router.patch("/rooms/{pk}", response=RoomOut)
def patch_room(request: HttpRequest, pk: UUID, body: RoomChange) -> Room:
    """Change a room, or take it out of use."""
    return actions.change_room(pk, **_given(body), by=_by(request))


@router.get("/equipment", response=Page[EquipmentOut])
def get_equipment(request: HttpRequest, branch_id: UUID, kind: str | None = None) -> dict[str, Any]:
    """The equipment in use of a branch."""
    rows = queries.equipment_of(branch_id=branch_id, kind=kind, seen_by=_by(request))
    return paged(request, rows, EquipmentOut.from_orm, by="id")


@router.post("/branches/{branch_id}/equipment", response={201: EquipmentOut})
def post_equipment(request: HttpRequest, branch_id: UUID, body: EquipmentIn) -> tuple[int, Equipment]:
    """A new device."""
    return 201, actions.add_equipment(branch_id, **body.dict(), by=_by(request))


@router.patch("/equipment/{pk}", response=EquipmentOut)
def patch_equipment(request: HttpRequest, pk: UUID, body: EquipmentChange) -> Equipment:
    """Change a device, or take it out of use."""
    return actions.change_equipment(pk, **_given(body), by=_by(request))


@router.get("/roles", response=Page[RoleOut])
def get_roles(request: HttpRequest) -> dict[str, Any]:
    """The roles, their sentences and rights."""
    _by(request).must("people.view", do="see the roles")
    return paged(request, queries.roles(seen_by=_by(request)), RoleOut.from_orm, by="id")


@router.put("/roles/{pk}", response=RoleOut)
def put_role(request: HttpRequest, pk: UUID, body: RoleIn) -> Role:
    """What a role's holders may do."""
    return actions.change_role(pk, **body.dict(), by=_by(request))


@router.get("/rights", response=list[Right])
def get_rights(request: HttpRequest) -> list[dict[str, str]]:
    """Every right there is, in a sentence."""
    return [{"name": name, "sentence": sentence} for name, sentence in PERMISSIONS.items()]


@router.get("/tokens", response=Page[TokenOut])
def get_tokens(request: HttpRequest) -> dict[str, Any]:
    """My own tokens; the secret of none of them."""
    return paged(request, queries.tokens_of(_by(request)), TokenOut.from_orm)


@router.post("/tokens", response={201: TokenMade})
def post_token(request: HttpRequest, body: NewToken) -> tuple[int, dict[str, Any]]:
    """A new token of mine: shown this once."""
    token = actions.issue_own_token(body.label, days=body.days, by=_by(request))
    newest = AccessToken.objects.filter(user_id=_by(request).own_user_id).order_by("-id")[0]
    return 201, {"token": token, "expires_at": newest.expires_at}


@router.post("/tokens/{pk}/revoke", response=TokenOut)
def post_revoke(request: HttpRequest, pk: UUID) -> AccessToken:
    """Close a token at once."""
    return actions.revoke_token(pk, by=_by(request))
