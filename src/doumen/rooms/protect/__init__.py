"""Grade data and guard it: actors, purposes, rules, labels. `operations` lists the verbs."""
