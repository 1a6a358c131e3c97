"""What reproductions share: loading, scoring, what is measured, plots.

From outside: `loading`, `measured`, `parts`, `plots`, `run_thetas`, `runs`, `scoring`.
"""
