"""Documents of published standards: read into nouns, written from them, edited as they stand.

One package per standard. `odcs` is the data contract (Open Data Contract Standard 3.1), `odrl`
the policy (Open Digital Rights Language 2.2), `dsp` what two nodes say to each other (Dataspace
Protocol 2025-1).
What a standard cannot say is kept in its own extension points; what a reader does not know
stays in the text.
"""
