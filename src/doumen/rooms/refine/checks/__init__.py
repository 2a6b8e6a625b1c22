"""Checks of what a contract promises: counted in as few scans as there can be, then judged."""
