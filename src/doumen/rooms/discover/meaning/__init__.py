"""Meaning: the vocabulary of the node, and columns linked to it.

`terms` and `elements` are verbs over `vocabulary`; `codelists` shows code lists, `importing` brings
them in through `kept`, which keeps short ones in a fact and long ones in a dataset; `areas` makes
the list of Chinese area codes; `links` says what columns mean, `proposing` proposes it by names
(`similar`) and values (`shares`).
"""
