"""The contract of the doors: a context is entered only through `actions`, `queries`, `events`, `lifecycles`."""

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class Doors(Contract):
    """Contexts, and the rooms through which others may enter them."""

    type_name = "doors"
    contexts = fields.ListField(subfield=fields.StringField())
    doors = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        contexts: Any = self.contexts
        trespasses = []
        for home in contexts:
            for inner in sorted({home} | graph.find_descendants(home)):
                if ".tests" in inner or ".migrations" in inner:
                    continue
                trespasses += [
                    f"{inner} -> {target}"
                    for target in sorted(graph.find_modules_directly_imported_by(inner))
                    if not self._is_door(target, home)
                ]
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def _is_door(self, target: str, home: str) -> bool:
        contexts: Any = self.contexts
        doors: Any = self.doors
        owner = next((c for c in contexts if target == c or target.startswith(f"{c}.")), None)
        if owner in (None, home):
            return True
        room = target.removeprefix(owner).lstrip(".").split(".")[0]
        return room in doors

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["trespasses"]:
            output.print_error(line)
