"""The paper's figures and table, a file or room each.

From outside: `activations`, `components`, `few_labels`, `grid`, `meta_curves`,
`objective_mismatch`, `over_meta_training`, `permuted_pixels`, `receptive_fields`,
`table1.table1`.
"""
