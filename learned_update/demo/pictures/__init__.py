"""Pictures and texts of the page, as HTML and SVG that needs nothing from elsewhere.

From outside: `panel`, `summary`.
"""
