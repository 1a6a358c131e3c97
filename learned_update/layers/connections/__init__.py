"""How a layer of a base model reads the levels below it, and what it hands back.

A connection has

* `levels`: which levels the layer reads, 0 being the inputs;
* `spread(*states, every=1)`: of the levels' units, `(..., rows, units)` each, to the
  layer's inputs, `(..., rows, inputs)`; of the rows each `every`-th;
* `collect(error)`: the transpose, an error at the layer's inputs to one error per
  level (where `spread` is not linear in the level, the transpose of its derivative);
* `outgoing(kernel)`: the layer's kernel `(inputs, units above)` as the weights that
  leave the units of each level, `(units, weights)`;
* `weights`: attention weights that it is made of, or None;
* `every(rows)`: of how many rows of the layer one goes into its weight change.

From outside: `direct`, `mixing`, `patches`.
"""
