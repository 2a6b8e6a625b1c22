"""The shelf of connectors: one file for each kind of place."""
