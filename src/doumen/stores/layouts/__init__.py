"""The layouts of the store, one file each: how it comes about from the one before (alembic).

A file names itself `revision`, the layout before it `down_revision`, and changes the tables in
`upgrade`, on both kinds of store by `op.batch_alter_table`. It changes no entry, checkpoint,
receipt or fact: `migrate` holds that. Whoever adds one raises `tables.VERSION`.
"""
