"""Kills at random moments: whatever was being written is old or new, whole, and nothing is left."""
