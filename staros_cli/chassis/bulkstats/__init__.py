"""Bulk statistics: what is gathered at intervals, and how it is handed to receivers."""
