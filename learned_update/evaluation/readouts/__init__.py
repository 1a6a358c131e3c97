"""Read-outs fitted to few labelled features: ridge, logistic, nearest centroid.

From outside: `by_name`, `ridge`.
"""
