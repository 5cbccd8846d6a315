"""Where the program keeps things between two runs, per user."""

from __future__ import annotations

from pathlib import Path


def chassis_state(name: str) -> Path:
    """The directory of a chassis's files unless the user names another one."""
    from platformdirs import user_state_path

    return user_state_path("staros-cli") / "chassis" / name


def host_key() -> Path:
    """The file of the key by which SSH clients know this user's chassis."""
    from platformdirs import user_state_path

    return user_state_path("staros-cli") / "ssh" / "host_key"


def lab_progress() -> Path:
    """The directory of what was done in labs."""
    from platformdirs import user_state_path

    return user_state_path("staros-cli") / "labs"


def lab_classes() -> Path:
    """The directory of what classes did in labs that were served to them."""
    from platformdirs import user_state_path

    return user_state_path("staros-cli") / "classes"
