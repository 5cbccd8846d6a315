"""From lines to commands: the grammar files, abbreviation, help and completion."""
