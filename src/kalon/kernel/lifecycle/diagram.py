"""A lifecycle as a picture (Mermaid state diagram), kept in `docs/lifecycles/`."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kalon.kernel.lifecycle.table import Lifecycle


def mermaid(lifecycle: "Lifecycle") -> str:
    """The diagram's text: beginnings, arrows with their labels, corrections marked as such."""
    lines = ["stateDiagram-v2"]
    lines += [f"    [*] --> {state}" for state in lifecycle.initial]
    for move in lifecycle.moves:
        note = f"{move.label} (correction)" if move.correction else move.label
        lines += [f"    {source} --> {move.target}: {note}" for source in move.source]
    ends = set(map(str, lifecycle.states.values)) - {source for move in lifecycle.moves for source in move.source}
    lines += [f"    {state} --> [*]" for state in sorted(ends)]
    return "\n".join(lines) + "\n"
