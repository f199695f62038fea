"""Mutants of the reference that are right, each by the line after the change, and why."""

EQUIVALENT = {
    "mask = (np.random.rand(*x.shape) <= dropout_param['p']) / dropout_param['p']": "one number decides nothing",
}
