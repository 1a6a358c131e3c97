"""Intervals of what was measured, and the tables and figures that show them.

From outside: `column`, `digests`, `figures`, `intervals`, `metrics`,
`receptive_field_figure`, `table`.
"""
