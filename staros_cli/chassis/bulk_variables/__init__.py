"""The variables of bulk statistics: what the model knows, by the names that formats have for it."""
