"""Few-shot episodes: drawn, fixed, in files, and the data that they are drawn from.

From outside: `drawing`, `files`, `fixed_sets`, `split_pair`, `trial`.
"""
