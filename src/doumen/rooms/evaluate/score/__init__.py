"""A score of quality by GB/T 36344-2018: 20 indicators, each A of B, weighed and signed.

`evidence` is what is known of a dataset and its last run of checks, `gathering` collects it from
facts and `sys` tables, `formulas` make a figure of it for each of the `indicators`, `weights` weigh
them, `telling` says it.
"""
