"""What every page is made of: its noun, who visits it, how it is drawn, guarded and served.

A page says what it shows as one value (`View.body`); its template draws that value and nothing
else, and its `.json` twin is that value. What a page knows it asks by verbs of the table of
operations, so that it passes the gate as every other face does. The pages themselves stand in
`faces/web/pages`, a folder each.
"""

from doumen.faces.web.page.noun import Action, Away, Crumb, Done, Live, Page, Reply, View
from doumen.faces.web.page.visit import Visit

__all__ = ["Action", "Away", "Crumb", "Done", "Live", "Page", "Reply", "View", "Visit"]
