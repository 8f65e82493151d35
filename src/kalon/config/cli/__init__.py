"""The verbs of `./kalon`: demo serve test check bench journey seed token dsn audit keys voice backup restore doctor."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module

# verb → (module, what it does, in one sentence)
VERBS: dict[str, tuple[str, str]] = {
    "demo": ("serving", "Open a believable clinic in the browser: installs, builds, starts and prints the address."),
    "serve": ("serving", "Serve this installation (the database of KALON_VAR or DATABASE_URL)."),
    "test": ("testing", "Run the whole suite; arguments go to pytest."),
    "check": ("testing", "Style, types, imports, migrations and deployment checks."),
    "bench": ("testing", "Measure one case: ./kalon bench booking [--scale N] [--json FILE]."),
    "journey": ("testing", "Run the executable stories whose names hold a word: ./kalon journey consult."),
    "seed": ("upkeep", "Fill an empty installation with the demonstration clinic."),
    "token": ("upkeep", "Print a bearer token of a demo login: ./kalon token --as frontdesk."),
    "dsn": ("upkeep", "Print a database address: ./kalon dsn --as app|portal|owner."),
    "audit": ("upkeep", "Check the sealed log: ./kalon audit verify."),
    "keys": ("upkeep", "Turn the master key: ./kalon keys rotate, later ./kalon keys retire ID."),
    "voice": ("upkeep", "The speech model: ./kalon voice check, ./kalon voice install-model."),
    "backup": ("backups", "Write a backup of the database: ./kalon backup FILE. Keys are kept apart."),
    "restore": ("backups", "Bring a backup back: ./kalon restore FILE --replace-everything."),
    "doctor": ("upkeep", "Say what is missing here and the command that mends it."),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; without one, list them."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("help", "-h", "--help"):
        print("Kalon, the clinic system for aesthetic surgery.\n")
        for verb, (_module, sentence) in VERBS.items():
            print(f"  ./kalon {verb:<8} {sentence}")
        return 0
    verb, *rest = words
    if verb not in VERBS:
        print(f"There is no verb {verb}. Run ./kalon to see them all.", file=sys.stderr)
        return 2
    module = import_module(f"kalon.config.cli.{VERBS[verb][0]}")
    run: Callable[[list[str]], int | None] = getattr(module, verb)
    return run(rest) or 0
