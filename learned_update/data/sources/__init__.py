"""Where examples come from: one room or file per kind of source.

From outside: `digits`, `glyphs.scripts`, `own.image_files`, `own.image_paths`,
`own.own_data`, `own.tables.columns`, `synthetic.images`, `synthetic.tables`,
`synthetic.text`, `tfds.loading`, `two_moons`.
"""
