"""The settings that a search tries of each method: as many of each, by one budget.

The first of every method is its default. Eight were chosen beforehand, the last two
around the best of these, for all methods alike. No setting trains for more than twice
the default's steps. Raw pixels, random initialisation and principal components have
nothing to tune: all methods give as many features as the base model.
"""

UPDATE_RULE = "update rule"
SETTINGS_PER_METHOD = 10


def _grid(default, *changes):
    """The default, and the default with each of some changes."""
    return (default, *({**default, **change} for change in changes))


_PROTOTYPICAL = _grid(
    {"steps": 2000, "learning_rate": 3e-3},
    {"learning_rate": 1e-3},
    {"learning_rate": 1e-2},
    {"steps": 1000},
    {"steps": 1000, "learning_rate": 1e-2},
    {"steps": 4000},
    {"steps": 4000, "learning_rate": 1e-3},
    {"steps": 4000, "learning_rate": 1e-2},
    {"steps": 4000, "learning_rate": 2e-3},
    {"steps": 4000, "learning_rate": 5e-3},
)

GRIDS = {
    UPDATE_RULE: _grid(
        {"steps": 500, "batch_size": 64},
        {"steps": 250},
        {"steps": 1000},
        {"batch_size": 32},
        {"batch_size": 128},
        {"batch_size": 256},
        {"steps": 250, "batch_size": 128},
        {"steps": 1000, "batch_size": 128},
        {"steps": 250, "batch_size": 256},
        {"steps": 250, "batch_size": 512},
    ),
    # Only its restarts: the number of centres is that of the features.
    "k-means": _grid(
        {"restarts": 4}, {"restarts": 1}, {"restarts": 2}, {"restarts": 8}
    ),
    "variational autoencoder": _grid(
        {
            "likelihood": "gaussian",
            "steps": 2000,
            "batch_size": 128,
            "learning_rate": 3e-3,
        },
        {"learning_rate": 1e-3},
        {"learning_rate": 1e-2},
        {"steps": 1000},
        {"steps": 4000},
        {"steps": 4000, "learning_rate": 1e-3},
        {"batch_size": 64},
        {"likelihood": "bernoulli"},
        {"batch_size": 64, "learning_rate": 1e-3},
        {"steps": 1000, "learning_rate": 1e-3},
    ),
    "denoising autoencoder": _grid(
        {"noise": 0.0, "masking": 0.1, "steps": 2000, "learning_rate": 1e-2},
        {"masking": 0.3},
        {"masking": 0.5},
        {"noise": 0.3},
        {"learning_rate": 3e-3},
        {"masking": 0.3, "learning_rate": 3e-3},
        {"steps": 4000},
        {"steps": 4000, "masking": 0.3, "learning_rate": 3e-3},
        {"masking": 0.5, "learning_rate": 3e-3},
        {"noise": 0.3, "masking": 0.3, "learning_rate": 3e-3},
    ),
    "contrastive": _grid(
        {
            "noise": 0.2,
            "masking": 0.1,
            "shift": 1,
            "temperature": 0.1,
            "steps": 2000,
            "learning_rate": 1e-2,
        },
        {"masking": 0.3},
        {"shift": 2},
        {"shift": 2, "masking": 0.3},
        {"temperature": 0.2},
        {"temperature": 0.5},
        {"learning_rate": 3e-3},
        {"steps": 4000, "learning_rate": 3e-3},
        {"temperature": 0.5, "masking": 0.3},
        {"steps": 4000, "masking": 0.3, "learning_rate": 3e-3},
    ),
    "Hebbian": _grid(
        {"steps": 1000, "learning_rate": 0.5, "shrinkage": 1.0, "offset": 1.0},
        {"shrinkage": 0.1},
        {"shrinkage": 10.0},
        {"offset": 0.0},
        {"offset": 2.0},
        {"shrinkage": 10.0, "offset": 2.0},
        {"learning_rate": 0.1},
        {"steps": 2000},
        {"shrinkage": 30.0, "offset": 2.0},
        {"shrinkage": 30.0, "offset": 3.0},
    ),
    "supervised": _grid(
        {"steps": 100, "batch_size": 128, "learning_rate": 3e-2},
        {"learning_rate": 1e-2},
        {"learning_rate": 3e-3},
        {"steps": 50},
        {"steps": 200},
        {"steps": 200, "learning_rate": 1e-2},
        {"batch_size": 32},
        {"steps": 200, "batch_size": 32, "learning_rate": 1e-2},
        {"learning_rate": 1e-3},
        {"steps": 200, "learning_rate": 3e-3},
    ),
    "prototypical network": _PROTOTYPICAL,
    "prototypical network, permuted pixels": _PROTOTYPICAL,
}
