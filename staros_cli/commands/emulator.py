"""Commands about the emulator itself, which no device has."""

from __future__ import annotations

from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.language import compiled
from staros_cli.rendering import emulator as layouts


@handles("show_not_modelled")
def show_not_modelled(invocation: Invocation) -> Output:
    """Show the configuration lines that are kept and shown and change nothing."""
    rows = [
        (compiled.mode(name).title, rule.keeps, rule.summary)
        for name in compiled.mode_names()
        for rule in compiled.mode(name).rules
        if rule.kept and rule.keeps
    ]
    return layouts.not_modelled(rows)
