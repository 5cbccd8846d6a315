"""Layouts about plugins of the software."""

from __future__ import annotations

from collections.abc import Sequence

from staros_cli.chassis.plugins import BASE_DIRECTORY, PATCH_DIRECTORY, Module, Plugin
from staros_cli.rendering.layout import layout
from staros_cli.rendering.values import Column, Lines, Screen, Table, screen, yes_no


@layout(
    "show plugin",
    "capture",
    "The lines of modules are chosen. The version in the image is one of an older release.",
)
def plugins(found: Sequence[Plugin]) -> Screen:
    """The plugins and the versions of their modules that are configured."""
    return screen(*(_plugin(plugin) for plugin in found))


def _plugin(plugin: Plugin) -> Lines:
    base = [f"  base-directory {BASE_DIRECTORY}", f"  base-version {plugin.base}"]
    lines = [
        f"plugin {plugin.name}",
        f"  patch-directory {PATCH_DIRECTORY}",
        *(base if plugin.base else ()),
        *(f"  module priority {one.priority} version {one.version}" for one in plugin.modules),
    ]
    modules = [{"priority": one.priority, "version": one.version} for one in plugin.modules]
    return Lines(lines, {"plugin": plugin.name, "base": plugin.base, "modules": modules})


_Row = tuple[Plugin, Module]
_MODULE = Table[_Row](
    Column("Priority", 8, lambda row: row[1].priority or "X"),
    Column("Version", 16, lambda row: row[1].version, gap=2),
    Column("Loaded", 6, lambda row: yes_no(row[1].version == row[0].in_use), gap=2),
    Column("Location", 16, lambda row: _location(*row), gap=2),
)


def _location(plugin: Plugin, module: Module) -> str:
    return BASE_DIRECTORY if module.version == plugin.base else PATCH_DIRECTORY


@layout(
    "show module",
    "chosen",
    "Versions cannot be installed here: that of the image is in use. `X` stands for no priority.",
)
def module(plugin: Plugin) -> Screen:
    """Which versions of a module there are, and the one in use."""
    rows = [(plugin, one) for one in plugin.listed()]
    return screen(f"Module {plugin.name}", _MODULE.of(rows))
