"""Terminal sessions as text: recorded, replayed, compared."""
