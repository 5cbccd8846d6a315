"""Plugins: parts of the software that are replaced on their own, and the versions of them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

BASE_DIRECTORY, PATCH_DIRECTORY = "/lib", "/var/opt/lib"
"""Where versions of the image stand, and versions that were added."""


class Module(Struct, frozen=True):
    """A version of a plugin and its place in the order in which versions are tried."""

    priority: int
    version: str


class Plugin(Struct, frozen=True):
    """A plugin: the version in the software image, empty without one, and those configured."""

    name: str
    base: str = ""
    modules: tuple[Module, ...] = ()

    @property
    def in_use(self) -> str:
        """The version in use, empty for none.

        No version can be added here: a version that is configured and not in the image is passed
        over, and without any that is there the image's own is used.
        """
        return self.base

    def listed(self) -> list[Module]:
        """The versions in the order in which they are tried; the image's own is the last."""
        found = sorted(self.modules, key=lambda module: module.priority)
        own = Module(0, self.base)
        known = not self.base or any(module.version == self.base for module in found)
        return found if known else [*found, own]


def plugins_of(image: dict[str, str], configured: Sequence[Plugin]) -> list[Plugin]:
    """The plugins of an image and those configured, by name, with what is known of each."""
    modules = {plugin.name: plugin.modules for plugin in configured}
    return [
        Plugin(name, image.get(name, ""), modules.get(name, ()))
        for name in sorted({*image, *modules})
    ]
