"""Configurations without a chassis at hand: import one, check one, compare two."""
