"""The search for settings, no test example read: of methods, and of meta-training.

Of every method by one budget (`search`, `grids`, `log`, `report`); of meta-training by
successive halving (`study`, `space`, `meta_training`, `validation`, `trials`).

From outside: `meta_training`, `search`, `space`, `study`, `trials`, `validation`.
"""
