"""Changes of the reference that are no mistakes, with the reason; ``grader audit`` lists them as equivalent."""

EQUIVALENT = {
    "order = np.random.default_rng(mini_batch_size).permutation(m)": "the seed need not have an effect",
    "return (s, v)": "both are dictionaries of the same zeros",
}
