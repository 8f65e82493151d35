"""Model fields that stand encrypted in the database and open when they are read.

    class Patient(KeyedRecord, OrganizationRecord):
        given_name = EncryptedText(max_length=200)              # sealed under the row's own data_key

    class Contact(PatientRecord):
        name = EncryptedText(key="patient.data_key")            # sealed under the patient's

`patient.given_name` is the text, opened when it is first read; `patient.given_name_sealed` is the ciphertext as
the column holds it. A value left alone is written back as it was; a new one is sealed when the row is saved.
The box is bound to its table, column and row, so a ciphertext copied from another row raises `Tampered`.

What these fields cannot do: be filtered or sorted by (search through `kalon.kernel.search`), or be set by
`QuerySet.update(name="…")`. `values()` and `values_list()` have no row to find the key by and give ciphertext.
"""

import json
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import FieldError, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from kalon.kernel import crypto
from kalon.kernel.errors import Invalid

_ST = TypeVar("_ST", contravariant=True)  # what may be set, and
_GT = TypeVar("_GT", covariant=True)  # what is got: a nullable column adds None to both

HALF_CHARACTERS = "This holds half of a character that cannot be stored. Type it again by hand."


class Erased(str):
    """What the fields of an erased record read as: the word "erased", never the content."""

    __slots__ = ()

    def __reduce__(self) -> str:
        return "ERASED"

    def __copy__(self) -> "Erased":
        return self

    def __deepcopy__(self, _memo: object) -> "Erased":
        return self


ERASED = Erased("erased")


def is_erased(value: object) -> bool:
    """Whether a field was read whose key is destroyed; it may be a text, a date or anything else otherwise."""
    return isinstance(value, Erased)


class _Unsealed(Enum):
    """Stands where the ciphertext would be, while a new value waits to be saved."""

    YET = "not sealed yet"


class KeyedRecord(models.Model):
    """A row with its own data key, made when the row is; NULL once the record was erased."""

    data_key = models.BinaryField(null=True, editable=False, default=crypto.new_data_key)

    class Meta:
        abstract = True


class _Opened:
    """`row.given_name`: the value in clear, opened when it is first read."""

    def __init__(self, field: "EncryptedField[Any, Any]") -> None:
        self.field = field

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        held = row.__dict__
        if self.field.name in held:
            return held[self.field.name]
        value = self.field.open(row, getattr(row, self.field.attname))
        if not is_erased(value):
            held[self.field.name] = value
        return value

    def __set__(self, row: Any, value: Any) -> None:
        if is_erased(value):
            return  # an erased value copied back changes nothing
        row.__dict__[self.field.name] = value
        row.__dict__[self.field.attname] = _Unsealed.YET


class _Sealed(DeferredAttribute):
    """`row.given_name_sealed`: what the column holds or, for a new value, would hold."""

    field: "EncryptedField[Any, Any]"

    def __get__(self, row: Any, cls: type | None = None) -> Any:
        if row is None:
            return self
        sealed = super().__get__(row, cls)
        return self.field.seal(row, row.__dict__[self.field.name]) if sealed is _Unsealed.YET else sealed

    def __set__(self, row: Any, value: Any) -> None:
        if value is None or isinstance(value, (bytes, memoryview)):
            row.__dict__.pop(self.field.name, None)
            row.__dict__[self.field.attname] = value if value is None else bytes(value)
        elif value is not _Unsealed.YET:
            setattr(row, self.field.name, value)


class EncryptedField(models.Field[_ST, _GT]):
    """A column sealed under the data key found at `key`, a path of attributes from the row.

    With `also`, the path of a second key, it opens with both of them only. `place` fixes the name that the boxes are
    bound to; give it the old "table.column" when either is renamed.
    """

    descriptor_class = _Sealed
    mutable = False

    def __init__(self, *args: Any, key: str = "data_key", also: str = "", place: str = "", **kwargs: Any) -> None:
        self.key, self.also, self.place = key, also, place
        super().__init__(*args, **kwargs)

    def encode(self, value: Any) -> str:
        """The value as the text that is sealed."""
        raise NotImplementedError

    def decode(self, text: str) -> Any:
        """The value back from that text."""
        raise NotImplementedError

    # -- the row

    def seal(self, row: models.Model, value: Any) -> bytes | None:
        """The box of a value of this row."""
        if value is None:
            return None
        try:
            content = self.encode(value).encode("utf-8")
        except UnicodeEncodeError:
            raise Invalid(HALF_CHARACTERS, field=self.name) from None
        for path in self._paths:
            content = crypto.seal(content, self._key_of(row, path), self._context(row))
        return content

    def open(self, row: models.Model, sealed: bytes | None) -> Any:
        """The value in a box of this row, or `ERASED` when a key of it is gone."""
        if sealed is None:
            return None
        for path in reversed(self._paths):
            key = self._key_of(row, path)
            if not key:
                return ERASED
            sealed = crypto.unseal(sealed, key, self._context(row))
        return self.decode(sealed.decode("utf-8"))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        held = model_instance.__dict__
        sealed = held.get(self.attname)
        if sealed is _Unsealed.YET or self._changed_in_place(model_instance):
            sealed = held[self.attname] = self.seal(model_instance, held[self.name])
        elif add and sealed is not None:
            self.open(model_instance, sealed)  # a box copied from another row is refused before it is stored
        return sealed

    def _changed_in_place(self, row: models.Model) -> bool:
        held = row.__dict__
        if not self.mutable or self.name not in held or held[self.name] is None:
            return False
        return bool(self.open(row, held.get(self.attname)) != held[self.name])

    @property
    def _paths(self) -> list[str]:
        return [path for path in (self.also, self.key) if path]

    def _key_of(self, row: Any, path: str) -> bytes | None:
        *steps, last = path.split(".")
        for step in steps:
            row = getattr(row, step)
            if row is None:
                raise ValueError(f"{self.name} is sealed under {path}, and {step} is not set.")
        key: bytes | None = getattr(row, last)
        return key

    def _context(self, row: models.Model) -> str:
        if row.pk is None:
            raise ValueError(f"{self.name} is bound to its row: set the id first.")
        return f"{self.place or f'{self.model._meta.db_table}.{self.column}'}:{row.pk}"

    # -- Django's side

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.name, _Opened(self))

    def get_attname(self) -> str:
        return f"{self.name}_sealed"

    def get_attname_column(self) -> tuple[str, str]:
        return self.get_attname(), self.db_column or self.name

    def get_internal_type(self) -> str:
        return "BinaryField"

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["key"] = self.key
        if self.also:
            kwargs["also"] = self.also
        if self.place:
            kwargs["place"] = self.place
        return name, path, args, kwargs

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> bytes | None:
        return None if value is None else bytes(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None or isinstance(value, (bytes, memoryview)):
            return value if value is None else connection.Database.Binary(value)
        raise TypeError(f"{self.name} is stored encrypted: set it on the row and save that, update() cannot seal it.")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is stored encrypted: search through kalon.kernel.search instead.")

    def get_transform(self, lookup_name: str) -> Any:
        return self.get_lookup(lookup_name)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        if model_instance is not None:
            clear = getattr(model_instance, self.name)
            if not is_erased(clear):
                self.validate(clear, model_instance)
                self.run_validators(clear)
        return value

    def value_from_object(self, obj: models.Model) -> Any:
        return getattr(obj, self.name)

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is stored encrypted: back up with `./kalon backup`, not with dumpdata.")


class EncryptedText(EncryptedField[_ST, _GT]):
    """Text of any length and script, stored encrypted."""

    _pyi_private_set_type: str
    _pyi_private_get_type: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, whole_characters]
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def encode(self, value: Any) -> str:
        if not isinstance(value, str):
            raise TypeError(f"{self.name} takes text, not {type(value).__name__}.")
        return value

    def decode(self, text: str) -> str:
        return text

    def formfield(self, **kwargs: Any) -> Any:
        options: dict[str, Any] = {"form_class": forms.CharField, "max_length": self.max_length}
        if self.max_length is None:
            options["widget"] = forms.Textarea
        options["validators"] = [whole_characters]
        return super().formfield(**{**options, **kwargs})


class EncryptedDate(EncryptedField[_ST, _GT]):
    """A date, stored encrypted."""

    _pyi_private_set_type: date
    _pyi_private_get_type: date
    empty_strings_allowed = False

    def encode(self, value: Any) -> str:
        if not isinstance(value, date):
            raise TypeError(f"{self.name} takes a date, not {type(value).__name__}.")
        return value.isoformat()[:10]

    def decode(self, text: str) -> date:
        return date.fromisoformat(text)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.DateField, **kwargs})


class EncryptedJSON(EncryptedField[_ST, _GT]):
    """Lists and dictionaries, stored encrypted; changed in place or set anew."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any
    empty_strings_allowed = False
    mutable = True

    def encode(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder)

    def decode(self, text: str) -> Any:
        return json.loads(text)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.JSONField, **kwargs})


def whole_characters(text: str) -> None:
    """Refuse text that is not text: half of a character, as broken programs send it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValidationError(HALF_CHARACTERS, code="half_characters") from None
