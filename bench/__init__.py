"""Speed beside the bare tools, both sides in one run, medians; written to bench/RESULTS.md.

`python -m bench [NAME…]` runs all benches or those named. One file per bench; each gives
`Measure`s. Figures are goals, not tests.
"""
