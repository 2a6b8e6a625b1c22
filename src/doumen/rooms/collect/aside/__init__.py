"""Rows in quarantine: listed, written to be repaired, replayed, and given up.

`operations`: the verbs as data. `verbs`: what they do. `exporting`: the file that is repaired.
"""
