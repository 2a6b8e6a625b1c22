"""Search over what the asker may know: documents of their facts, ranked by words, names, meaning.

`said` reads contracts, `documents` makes what is searched of facts, `catalogue` holds it with
words and facets, `meaning` and `vectors` hold what texts mean, `known` shares all of it in a
process, `asking` answers, and `verbs` tells. An answer follows from the facts that the asker may
know, from the question, and from constants; what is kept of texts only spares time.
"""
