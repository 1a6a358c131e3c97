"""The directory of a run: who holds it, and what of an earlier run is in it.

From outside: `anew`, `lock`, `origin`.
"""
