"""Keeping a node: backups to a folder, restored elsewhere, and the doctor.

`backup` takes one moment of the store and the files that it speaks of, `shelf` is the folder
of backups, `manifest` says what one backup holds, `proof` reads a backup and holds it against
its ledger, `restore` makes a node of it; `verbs` are what people call.
"""
