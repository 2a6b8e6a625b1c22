"""Sources: places outside that are described once, and read on whenever they are run.

`document`: YAML in, a source out. `secrets`: what a source holds by reference only. `kept`: the
facts of sources and streams. `running`: streams on to their readers (`reading` says what one is;
`tables`), each with a `lander`, which brings files of rows to the gate. `verbs`: what people ask of
them.
"""
