"""What all tests share: hypothesis without deadlines, since shared machines stall at times."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("staros-cli", deadline=None, max_examples=100)
settings.load_profile("staros-cli")
