"""Draw value from data: questions asked at the gate, and answers shown, exported or kept.

`operations` lists the verbs, `query` runs them; `kept` holds an answer while it is shown,
`forms` writes it as CSV, JSON, Parquet or Arrow, `export` to a file.
"""
