"""`staros-cli scenario`: scenarios for a person to look at, check and watch."""
