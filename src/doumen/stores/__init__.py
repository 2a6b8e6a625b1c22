"""What is kept: facts (`catalog`), events (`ledger`), files (`lake`); none knows another.

Catalog and ledger share one database, so that the gate makes a fact and its event visible in
one transaction. `database` opens it, `tables` lays it out, `durable` writes files that last.
"""
