"""NumPy float64 reference of both forms of the rule, independent of the package."""
