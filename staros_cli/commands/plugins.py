"""Commands about plugins of the software."""

from __future__ import annotations

from staros_cli import messages
from staros_cli.chassis.plugins import Plugin, plugins_of
from staros_cli.commands.engine import Invocation, Output, handles
from staros_cli.configuration import plugins
from staros_cli.messages import Refused
from staros_cli.rendering import plugins as layouts


def _plugins(invocation: Invocation, wanted: str) -> list[Plugin]:
    """All plugins, or the one that is named. Raises Refused without that one."""
    software = invocation.chassis.definition.schema.software
    found = plugins_of({"p2p": software.p2p}, plugins.read(invocation.system.running))
    if wanted:
        found = [plugin for plugin in found if plugin.name == wanted]
        if not found:
            raise Refused(messages.NO_SUCH_PLUGIN, name=wanted)
    return found


@handles("show_plugin")
def show_plugin(invocation: Invocation) -> Output:
    """Show the plugins and the versions of their modules that are configured."""
    return layouts.plugins(_plugins(invocation, invocation.command.text("plugin_name")))


@handles("show_module")
def show_module(invocation: Invocation) -> Output:
    """Show which versions of a module there are, and the one in use."""
    (plugin,) = _plugins(invocation, invocation.command.text("module_name"))
    return layouts.module(plugin)
