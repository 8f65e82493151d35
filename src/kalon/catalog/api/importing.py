"""JSON of importing the procedure catalogue: a table is looked at, then taken over."""

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, File, Form, Schema
from ninja.files import UploadedFile

from kalon.catalog import actions
from kalon.catalog.api.endpoints import router
from kalon.catalog.rules import tables
from kalon.web.fronts import actor_of


class ImportLineOut(Schema):
    """A line of the table: what becomes of it (ADD, CHANGE, SAME, REFUSED), and why not."""

    number: int
    what: str
    does: str
    sentence: str


class CatalogImportOut(Schema):
    """What becomes of a table; `refused` are the rows to mend, below their heading."""

    lines: list[ImportLineOut]
    refused: list[list[str]]
    unread: list[str]


class CatalogLicenceIn(Schema):
    """Under which licence a licensed coding system is used."""

    licence: Annotated[str, Field(max_length=200)] = ""


@router.post("/procedures/import/check", response=CatalogImportOut, summary="What importing procedures would do")
def check_procedures(request: HttpRequest, said: Form[CatalogLicenceIn], file: File[UploadedFile]) -> Any:
    return asdict(actions.check_procedures(_content(file), licence=said.licence, by=actor_of(request)))


@router.post("/procedures/import", response=CatalogImportOut, summary="Add and change procedures from a table")
def import_procedures(request: HttpRequest, said: Form[CatalogLicenceIn], file: File[UploadedFile]) -> Any:
    return asdict(actions.import_procedures(_content(file), licence=said.licence, by=actor_of(request)))


@router.post("/procedures/codes/check", response=CatalogImportOut, summary="What importing codes would do")
def check_codes(request: HttpRequest, said: Form[CatalogLicenceIn], file: File[UploadedFile]) -> Any:
    return asdict(actions.check_codes(_content(file), licence=said.licence, by=actor_of(request)))


@router.post("/procedures/codes", response=CatalogImportOut, summary="Give procedures their codes from a table")
def import_codes(request: HttpRequest, said: Form[CatalogLicenceIn], file: File[UploadedFile]) -> Any:
    return asdict(actions.import_codes(_content(file), licence=said.licence, by=actor_of(request)))


def _content(file: UploadedFile) -> bytes:
    content: bytes = file.read(tables.LARGEST + 1)
    return content
