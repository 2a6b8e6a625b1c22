"""Brings data in: find files, tell how they are written, settle the contract, ask the gate."""
