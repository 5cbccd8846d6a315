"""A mode of two commands whose first words begin alike, which the grammar itself has none of."""

from __future__ import annotations

from staros_cli.chassis.privilege import Privilege
from staros_cli.language.grammar import Keyword, Mode, Rule
from staros_cli.language.parser import Language

WORDS = {"CALL": "call", "CALL_ID": "call-id", "CLEAR": "clear"}


def small_language() -> Language:
    """The commands `call clear` and `call-id clear`."""
    source = "short: CALL CLEAR\nlong: CALL_ID CLEAR\n"
    source += "".join(f'{name}: "{spelling}"\n' for name, spelling in WORDS.items())
    rules = {
        name: Rule(name, "small", Privilege.INSPECTOR, "Clears.") for name in ("short", "long")
    }
    keywords = {name: Keyword(name, spelling, "Help") for name, spelling in WORDS.items()}
    mode = Mode("small", "", "Small", source, rules, keywords)
    return Language(mode, mode.rules_for(Privilege.INSPECTOR, False), None)
