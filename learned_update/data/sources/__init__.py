"""Where examples come from: one room or file per kind of source.

From outside: `digits`, `glyphs.scripts`, `own.own_data`, `synthetic.images`,
`synthetic.tables`, `synthetic.text`, `tfds.loading`, `two_moons`.
"""
