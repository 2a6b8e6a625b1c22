"""Rows in quarantine: listed, written to be repaired, replayed, and given up.

`operations`: the verbs as data. `verbs`: what they do. `showing`: a few rows at a time.
`exporting`: the file that is repaired.
"""
