"""Sources: places outside that are described once, and read on whenever they are run.

`document`: YAML in, a source out. `secrets`: what a source holds by reference only. `kept`: the
facts of sources and streams. `running`: rows of a connector in, collections at the gate out.
`verbs`: what people ask of them.
"""
