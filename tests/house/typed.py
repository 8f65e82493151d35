"""What mypy has to be told of our own columns, on top of what its Django plugin knows.

An encrypted column is set by its name, `Appointment(chief_complaint=…)`, never as the ciphertext
`chief_complaint_sealed` that Django knows it by.
"""

from django.db.models import Field, Model
from mypy.checker import TypeChecker
from mypy.options import Options
from mypy.plugin import Plugin
from mypy.types import Type
from mypy_django_plugin.django.context import DjangoContext
from mypy_django_plugin.main import NewSemanalDjangoPlugin


class Columns(DjangoContext):
    """The columns of a model and what may be put in them."""

    def get_expected_types(self, api: TypeChecker, model_cls: type[Model], *, method: str) -> dict[str, Type]:
        expected = super().get_expected_types(api, model_cls, method=method)
        for field in model_cls._meta.get_fields():
            if isinstance(field, Field) and field.attname == f"{field.name}_sealed":
                expected[field.name] = expected.pop(field.attname)
        return expected


class House(NewSemanalDjangoPlugin):
    """The Django plugin, with our columns."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.django_context = Columns(self.plugin_config.django_settings_module)


def plugin(version: str) -> type[Plugin]:
    return House
