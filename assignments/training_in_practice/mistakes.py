"""Known wrong solutions of the functions around the training loop."""

import numpy as np

from grader.spec import mistake

# -- train, dev and test sets ------------------------------------------------------------


def _sizes(m, dev_fraction, test_fraction):
    n_dev, n_test = int(m * dev_fraction), int(m * test_fraction)
    return m - n_dev - n_test, n_dev, n_test


def _parts(X, Y, order, sizes):
    n_train, n_dev, n_test = sizes
    train, dev, test = order[:n_train], order[n_train : n_train + n_dev], order[n_train + n_dev :][:n_test]
    return tuple((X[:, part], Y[:, part]) for part in (train, dev, test))


@mistake(
    "pairs-broken",
    "train_dev_test_split",
    message="X and Y are not put into the same order: the examples have lost their labels",
    hint="Draw one permutation, and use it for both.",
    severity="grave",
)
def split_shuffles_x_alone(X, Y, dev_fraction, test_fraction, seed=0):
    order = np.random.default_rng(seed).permutation(X.shape[1])
    return _parts(X[:, order], Y, np.arange(X.shape[1]), _sizes(X.shape[1], dev_fraction, test_fraction))


@mistake(
    "labels-of-another-set",
    "train_dev_test_split",
    message="the labels of one set are those of another set",
    hint="Compare the indices of X and of Y in each of the three pairs.",
    severity="fault",
)
def split_labels_of_dev(X, Y, dev_fraction, test_fraction, seed=0):
    order = np.random.default_rng(seed).permutation(X.shape[1])
    train, dev, test = _parts(X, Y, order, _sizes(X.shape[1], dev_fraction, test_fraction))
    return train, dev, (test[0], dev[1])


@mistake(
    "examples-for-labels",
    "train_dev_test_split",
    message="X stands in the place of Y: a set holds its examples twice, and no labels",
    hint="Look at the second part of each of the three pairs.",
    severity="fault",
)
def split_without_labels(X, Y, dev_fraction, test_fraction, seed=0):
    order = np.random.default_rng(seed).permutation(X.shape[1])
    train, dev, test = _parts(X, Y, order, _sizes(X.shape[1], dev_fraction, test_fraction))
    return (train[0], train[0]), dev, test


@mistake(
    "sets-overlap",
    "train_dev_test_split",
    message="some examples are in two of the sets, so that the second of them tests nothing new",
    hint="Where does each of the three ranges of indices begin and end?",
    severity="grave",
)
def split_overlaps(X, Y, dev_fraction, test_fraction, seed=0):
    order = np.random.default_rng(seed).permutation(X.shape[1])
    n_train, n_dev, n_test = _sizes(X.shape[1], dev_fraction, test_fraction)
    train, dev, test = order[:n_train], order[:n_dev], order[n_train : n_train + n_test]
    return tuple((X[:, part], Y[:, part]) for part in (train, dev, test))


@mistake(
    "sets-overlap",
    "train_dev_test_split",
    message="some examples are in two of the sets, so that the second of them tests nothing new",
    hint="Where does each of the three ranges of indices begin and end?",
    severity="grave",
)
def split_trains_on_everything(X, Y, dev_fraction, test_fraction, seed=0):
    train, dev, test = _parts(X, Y, np.arange(X.shape[1]), _sizes(X.shape[1], dev_fraction, test_fraction))
    return (X, Y), dev, test


@mistake(
    "empty-set-takes-all",
    "train_dev_test_split",
    message="where a fraction is 0, its set holds everything instead of nothing: the slice [-0:] is the whole array",
    hint="Try a fraction of 0, and look at what the slice selects then.",
    severity="slip",
)
def split_negative_slice(X, Y, dev_fraction, test_fraction, seed=0):
    m = X.shape[1]
    order = np.random.default_rng(seed).permutation(m)
    n_train, n_dev, n_test = _sizes(m, dev_fraction, test_fraction)
    parts = order[:n_train], order[n_train : n_train + n_dev], order[-n_test:]
    return tuple((X[:, part], Y[:, part]) for part in parts)


@mistake(
    "drawn-with-replacement",
    "train_dev_test_split",
    message="an example occurs more than once, as if the indices were drawn with replacement",
    hint="Which function of NumPy gives every index exactly once?",
    severity="grave",
)
def split_with_replacement(X, Y, dev_fraction, test_fraction, seed=0):
    order = np.random.default_rng(seed).integers(0, X.shape[1], X.shape[1])
    return _parts(X, Y, order, _sizes(X.shape[1], dev_fraction, test_fraction))


@mistake(
    "examples-lost",
    "train_dev_test_split",
    message="examples get lost: some of them are in none of the three sets",
    hint="Follow the indices through your code: where one set ends, the next one has to begin, and the last one ends at m.",
    severity="fault",
)
def split_skips_one(X, Y, dev_fraction, test_fraction, seed=0):
    order = np.random.default_rng(seed).permutation(X.shape[1])
    n_train, n_dev, _ = _sizes(X.shape[1], dev_fraction, test_fraction)
    parts = order[:n_train], order[n_train + 1 : n_train + n_dev], order[n_train + n_dev + 1 :]
    return tuple((X[:, part], Y[:, part]) for part in parts)


@mistake(
    "sizes-rounded-down",
    "train_dev_test_split",
    message="each of the three sizes is rounded down by itself, and an example that is left over is in none of the sets",
    hint="Round two of the sizes; what is left belongs to the third set.",
    severity="slip",
)
def split_loses_examples(X, Y, dev_fraction, test_fraction, seed=0):
    m = X.shape[1]
    order = np.random.default_rng(seed).permutation(m)
    sizes = tuple(int(m * share) for share in (1 - dev_fraction - test_fraction, dev_fraction, test_fraction))
    return _parts(X, Y, order, sizes)


@mistake(
    "sets-in-another-order",
    "train_dev_test_split",
    message="the sets come in another order than training, dev, test (or the two fractions are confused)",
    hint="Compare the sizes of your sets with the fractions, one by one.",
    severity="fault",
)
def split_dev_and_test_swapped(X, Y, dev_fraction, test_fraction, seed=0):
    order = np.random.default_rng(seed).permutation(X.shape[1])
    train, dev, test = _parts(X, Y, order, _sizes(X.shape[1], dev_fraction, test_fraction))
    return train, test, dev


@mistake(
    "fraction-of-the-rest",
    "train_dev_test_split",
    message="one of the fractions is taken of what the other one has left over, not of all examples",
    hint="Both fractions refer to all m examples.",
    severity="slip",
)
def split_of_the_rest(X, Y, dev_fraction, test_fraction, seed=0):
    m = X.shape[1]
    order = np.random.default_rng(seed).permutation(m)
    n_test = int(m * test_fraction)
    n_dev = int((m - n_test) * dev_fraction)
    return _parts(X, Y, order, (m - n_dev - n_test, n_dev, n_test))


@mistake(
    "nothing-divided",
    "train_dev_test_split",
    message="all examples are in the training set, and the other two stay empty",
    hint="Print the sizes. The fractions are parts of 1, not per cent.",
    severity="fault",
)
def split_per_cent(X, Y, dev_fraction, test_fraction, seed=0):
    m = X.shape[1]
    order = np.random.default_rng(seed).permutation(m)
    n_dev, n_test = int(m * dev_fraction / 100), int(m * test_fraction / 100)
    return _parts(X, Y, order, (m - n_dev - n_test, n_dev, n_test))


@mistake(
    "fraction-of-the-features",
    "train_dev_test_split",
    message="the fractions are taken of the number of features, not of the number of examples",
    hint="Columns are examples. Which entry of X.shape counts them, and which one does len(X) give?",
    severity="fault",
)
def split_counts_features(X, Y, dev_fraction, test_fraction, seed=0):
    m = X.shape[1]
    order = np.random.default_rng(seed).permutation(m)
    n_dev, n_test = (min(int(len(X) * share), m) for share in (dev_fraction, test_fraction))
    return _parts(X, Y, order, (m - n_dev - n_test, n_dev, n_test))


@mistake(
    "mutated-input",
    "train_dev_test_split",
    message="X and Y are shuffled in place",
    hint="Select columns of X; do not move them.",
    severity="slip",
)
def split_in_place(X, Y, dev_fraction, test_fraction, seed=0):
    order = np.random.default_rng(seed).permutation(X.shape[1])
    X[:], Y[:] = X[:, order], Y[:, order]
    return _parts(X, Y, np.arange(X.shape[1]), _sizes(X.shape[1], dev_fraction, test_fraction))


# -- normalization -----------------------------------------------------------------------


def _moments(X):
    return np.mean(X, axis=1, keepdims=True), np.std(X, axis=1, keepdims=True)


@mistake(
    "missing-root",
    "fit_normalization",
    message="sigma is the variance; the root is missing",
    hint="In which unit should sigma be, if X is in metres?",
    severity="fault",
)
def fit_variance(X_train):
    return np.mean(X_train, axis=1, keepdims=True), np.var(X_train, axis=1, keepdims=True)


@mistake(
    "unbiased-deviation",
    "fit_normalization",
    message="sigma divides by m - 1; the exercise asks for the biased deviation, with m",
    hint="Look at the ddof argument, or at what you divide the sum of squares by.",
    severity="slip",
)
def fit_unbiased(X_train):
    with np.errstate(all="ignore"):
        return np.mean(X_train, axis=1, keepdims=True), np.std(X_train, axis=1, keepdims=True, ddof=1)


@mistake(
    "not-centred",
    "fit_normalization",
    message="sigma is the root of the mean square, without subtracting the mean",
    hint="How far do the entries lie from their mean?",
    severity="fault",
)
def fit_not_centred(X_train):
    return np.mean(X_train, axis=1, keepdims=True), np.sqrt(np.mean(X_train**2, axis=1, keepdims=True))


@mistake(
    "wrong-axis",
    "fit_normalization",
    message="mean and deviation are taken over the features of each example, not over the examples",
    hint="Columns are examples: along which axis does one feature lie?",
    severity="grave",
)
def fit_wrong_axis(X_train):
    return np.mean(X_train, axis=0, keepdims=True), np.std(X_train, axis=0, keepdims=True)


@mistake(
    "one-for-all-features",
    "fit_normalization",
    message="there is one mean and one deviation for all features together",
    hint="A feature in kilometres and one in years share no scale.",
    severity="grave",
)
def fit_global(X_train):
    ones = np.ones((X_train.shape[0], 1))
    return np.mean(X_train) * ones, np.std(X_train) * ones


@mistake(
    "one-for-all-features",
    "fit_normalization",
    message="there is one mean and one deviation for all features together",
    hint="A feature in kilometres and one in years share no scale.",
    severity="grave",
)
def fit_two_numbers(X_train):
    return np.mean(X_train), np.std(X_train)


@mistake(
    "missing-keepdims",
    "fit_normalization",
    message="mu and sigma have lost an axis",
    hint="Look at the argument keepdims.",
    severity="slip",
)
def fit_flat(X_train):
    return np.mean(X_train, axis=1), np.std(X_train, axis=1)


@mistake(
    "counts-features",
    "fit_normalization",
    message="the sums are divided by the number of features, not by the number of examples",
    hint="Columns are examples. Which entry of X.shape counts them?",
    severity="fault",
)
def fit_counts_features(X_train):
    n = X_train.shape[0]
    mu = np.sum(X_train, axis=1, keepdims=True) / n
    return mu, np.sqrt(np.sum((X_train - mu) ** 2, axis=1, keepdims=True) / n)


@mistake(
    "counts-features",
    "fit_normalization",
    message="mu is divided by the number of features, not by the number of examples",
    hint="Columns are examples. Which entry of X.shape counts them?",
    severity="fault",
)
def fit_mean_counts_features(X_train):
    mu = np.sum(X_train, axis=1, keepdims=True) / X_train.shape[0]
    return mu, np.sqrt(np.mean((X_train - mu) ** 2, axis=1, keepdims=True))


@mistake(
    "sum-for-mean",
    "fit_normalization",
    message="sigma is the root of the sum of squares; the division by m is missing",
    hint="Divide by m below the root.",
    severity="fault",
)
def fit_root_of_sum(X_train):
    mu, sigma = _moments(X_train)
    return mu, sigma * np.sqrt(X_train.shape[1])


@mistake(
    "root-before-division",
    "fit_normalization",
    message="the root of the sum of squares is divided by m; the division by m comes first",
    hint="Of what is the root taken: of a sum, or of a mean?",
    severity="fault",
)
def fit_root_first(X_train):
    mu, sigma = _moments(X_train)
    return mu, sigma / np.sqrt(X_train.shape[1])


@mistake(
    "sum-for-mean",
    "fit_normalization",
    message="mu is the sum over the examples; the division by m is missing",
    hint="Divide by m.",
    severity="fault",
)
def fit_sums(X_train):
    mu, sigma = _moments(X_train)
    return mu * X_train.shape[1], sigma


@mistake(
    "range-for-deviation",
    "fit_normalization",
    message="sigma is the distance from the smallest to the largest entry, not the standard deviation",
    hint="Which measure of spread does the exercise name?",
    severity="fault",
)
def fit_range(X_train):
    return np.mean(X_train, axis=1, keepdims=True), np.ptp(X_train, axis=1, keepdims=True)


@mistake(
    "mean-absolute-deviation",
    "fit_normalization",
    message="sigma is the mean absolute deviation, not the standard deviation",
    hint="Square, average, take the root: in this order.",
    severity="fault",
)
def fit_absolute(X_train):
    mu = np.mean(X_train, axis=1, keepdims=True)
    return mu, np.mean(np.abs(X_train - mu), axis=1, keepdims=True)


@mistake(
    "guard-in-the-wrong-place",
    "fit_normalization",
    message="sigma of a constant feature is replaced; it is 0, and the guard belongs to normalize",
    hint="Report what you measured here, and divide with care there.",
    severity="slip",
)
def fit_guarded(X_train):
    mu, sigma = _moments(X_train)
    return mu, np.where(sigma == 0, 1.0, sigma)


@mistake(
    "small-taken-for-constant",
    "fit_normalization",
    message="sigma is 0 where it is small; a feature that varies little is not a constant one",
    hint="Report what you measured. How small may a deviation be, if X is in kilometres?",
    severity="slip",
)
def fit_small_is_zero(X_train):
    mu, sigma = _moments(X_train)
    return mu, np.where(sigma < 1e-3, 0.0, sigma)


@mistake(
    "permuted-result",
    "fit_normalization",
    message="the order is (mu, sigma)",
    hint="Compare the order in your return statement.",
    severity="fault",
)
def fit_swapped(X_train):
    mu, sigma = _moments(X_train)
    return sigma, mu


def _guarded(sigma):
    return np.where(sigma == 0, 1.0, sigma)


@mistake(
    "nan-at-constant-feature",
    "normalize",
    message="a constant feature has sigma 0, and 0 / 0 is nan",
    hint="What should come out for a feature that never changes?",
    severity="slip",
)
def normalize_without_guard(X, mu, sigma):
    with np.errstate(all="ignore"):
        return (X - mu) / sigma


@mistake(
    "small-taken-for-constant",
    "normalize",
    message="sigma is 1 where it is small; a feature that varies little is not a constant one",
    hint="How small may a deviation be, if X is in kilometres? Only 0 needs care.",
    severity="slip",
)
def normalize_small_is_one(X, mu, sigma):
    return (X - mu) / np.where(sigma < 1e-3, 1.0, sigma)


@mistake(
    "bounded-below",
    "normalize",
    message="sigma is bounded below by more than a guard against 0 needs: features that vary little are scaled too little",
    hint="Which sigma must not be divided by? Only that one needs care.",
    severity="slip",
)
def normalize_bounded(X, mu, sigma):
    return (X - mu) / np.maximum(sigma, 1e-3)


@mistake(
    "own-statistics",
    "normalize",
    message="mean and deviation are measured again on X; those of the training set were handed over",
    hint="Test examples must be moved by the same numbers as the training examples.",
    severity="grave",
)
def normalize_recomputed(X, mu, sigma):
    own_mu, own_sigma = _moments(X)
    return (X - own_mu) / _guarded(own_sigma)


_own_statistics = mistake(
    "own-statistics",
    "normalize",
    message="mean and deviation are measured again on X; those of the training set were handed over",
    hint="Test examples must be moved by the same numbers as the training examples.",
    severity="grave",
)


@_own_statistics
def normalize_recomputed_beside_a_number(X, mu, sigma):
    own_mu, own_sigma = _moments(X)
    return (X - own_mu) / (own_sigma + 1e-8)


@_own_statistics
def normalize_recomputed_without_guard(X, mu, sigma):
    own_mu, own_sigma = _moments(X)
    with np.errstate(all="ignore"):
        return (X - own_mu) / own_sigma


@mistake(
    "wrong-sign",
    "normalize",
    message="mu is added to X; it has to be subtracted",
    hint="Where should a normalized feature have its middle?",
    severity="fault",
)
def normalize_adds_mean(X, mu, sigma):
    return (X + mu) / _guarded(sigma)


@mistake(
    "missing-centre",
    "normalize",
    message="the mean is not subtracted",
    hint="Where should a normalized feature have its middle?",
    severity="fault",
)
def normalize_not_centred(X, mu, sigma):
    return X / _guarded(sigma)


@mistake(
    "missing-scale",
    "normalize",
    message="there is no division by sigma",
    hint="How wide should a normalized feature spread?",
    severity="fault",
)
def normalize_not_scaled(X, mu, sigma):
    return X - mu


@mistake(
    "variance-for-deviation",
    "normalize",
    message="this divides by the variance, not by sigma",
    hint="Is sigma already a root, or not yet?",
    severity="fault",
)
def normalize_by_variance(X, mu, sigma):
    return (X - mu) / _guarded(sigma) ** 2


@mistake(
    "sigma-taken-for-variance",
    "normalize",
    message="this divides by the root of sigma",
    hint="Is sigma already a root, or not yet?",
    severity="fault",
)
def normalize_by_root(X, mu, sigma):
    return (X - mu) / np.sqrt(_guarded(sigma))


@mistake(
    "multiplied-by-sigma",
    "normalize",
    message="this multiplies by sigma",
    hint="Which way does a wide feature have to be scaled?",
    severity="fault",
)
def normalize_multiplied(X, mu, sigma):
    return (X - mu) * _guarded(sigma)


@mistake(
    "missing-parentheses",
    "normalize",
    message="only mu is divided by sigma",
    hint="Which operation comes first in X - mu / sigma?",
    severity="grave",
)
def normalize_without_parentheses(X, mu, sigma):
    return X - mu / _guarded(sigma)


@mistake(
    "constant-feature-kept",
    "normalize",
    message="a constant feature is left as it is; its mean has to be subtracted as well",
    hint="What should come out for a feature that never changes?",
    severity="slip",
)
def normalize_keeps_constant(X, mu, sigma):
    return np.where(sigma == 0, X, (X - mu) / _guarded(sigma))


@mistake(
    "guard-too-large",
    "normalize",
    message="the number added to sigma is so large that every feature is changed by it",
    hint="Which sigma must not be divided by? Only that one needs care.",
    severity="slip",
)
def normalize_large_guard(X, mu, sigma):
    return (X - mu) / (sigma + 1e-2)


@mistake(
    "mutated-input",
    "normalize",
    message="X is overwritten",
    hint="Compute a new array: X -= mu changes the caller's X.",
    severity="slip",
)
def normalize_in_place(X, mu, sigma):
    X -= mu
    X /= _guarded(sigma)
    return X


# -- bias and variance -------------------------------------------------------------------


def _diagnosis(bias, variance):
    return {name for name, found in (("high bias", bias), ("high variance", variance)) if found}


@mistake(
    "bayes-error-ignored",
    "diagnose_fit",
    message="the error that nobody can avoid is not taken off the training error",
    hint="Is 15 % a lot when nobody does better than 14 %?",
    severity="fault",
)
def diagnose_without_bayes(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(train_error > tolerance, dev_error - train_error > tolerance)


@mistake(
    "tolerance-ignored",
    "diagnose_fit",
    message="the argument tolerance is not used: the limit is always 0.02",
    hint="Use the argument in both comparisons.",
    severity="fault",
)
def diagnose_literal_tolerance(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(train_error - bayes_error > 0.02, dev_error - train_error > 0.02)


@mistake(
    "tolerance-missing",
    "diagnose_fit",
    message="any gap counts, however small; gaps up to the tolerance must not",
    hint="What is the argument tolerance for?",
    severity="fault",
)
def diagnose_any_gap(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(train_error - bayes_error > 1e-9, dev_error - train_error > 1e-9)


@mistake(
    "either-or",
    "diagnose_fit",
    message="only one of the two is ever reported, but a network can have both",
    hint="Compare elif with a second if.",
    severity="fault",
)
def diagnose_either_or(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    bias = train_error - bayes_error > tolerance
    return _diagnosis(bias, not bias and dev_error - train_error > tolerance)


@mistake(
    "variance-beside-bias-only",
    "diagnose_fit",
    message="high variance is reported only where there is high bias as well; a network can have it alone",
    hint="On what does your second condition depend?",
    severity="fault",
)
def diagnose_variance_beside_bias(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    bias = train_error - bayes_error > tolerance
    return _diagnosis(bias, bias and dev_error - train_error > tolerance)


@mistake(
    "gap-reversed",
    "diagnose_fit",
    message="for the variance the dev error is taken from the training error; it is the other way round",
    hint="Which of the two errors is the larger one when a network overfits?",
    severity="fault",
)
def diagnose_reversed_gap(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(train_error - bayes_error > tolerance, train_error - dev_error > tolerance)


@mistake(
    "comparison-reversed",
    "diagnose_fit",
    message="a gap is reported where it is smaller than the tolerance; it is to be reported where it is larger",
    hint="Which way round is the comparison?",
    severity="grave",
)
def diagnose_small_gaps(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(train_error - bayes_error < tolerance, dev_error - train_error < tolerance)


@mistake(
    "other-words",
    "diagnose_fit",
    message="the set holds 'bias' and 'variance'; the exercise asks for 'high bias' and 'high variance'",
    hint="Compare the words with the exercise, letter by letter.",
    severity="slip",
)
def diagnose_short_words(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    words = _diagnosis(train_error - bayes_error > tolerance, dev_error - train_error > tolerance)
    return {word.split()[1] for word in words}


@mistake(
    "variance-from-wrong-gap",
    "diagnose_fit",
    message="variance is read from the gap between dev error and unavoidable error; bias is a part of that gap",
    hint="Which two errors differ because of overfitting alone?",
    severity="fault",
)
def diagnose_variance_from_bayes(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(train_error - bayes_error > tolerance, dev_error - bayes_error > tolerance)


@mistake(
    "bias-from-dev-error",
    "diagnose_fit",
    message="bias is read from the dev error; overfitting raises that as well",
    hint="Which error shows how well the network fits what it was trained on?",
    severity="fault",
)
def diagnose_bias_from_dev(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(dev_error - bayes_error > tolerance, dev_error - train_error > tolerance)


@mistake(
    "variance-from-dev-error-alone",
    "diagnose_fit",
    message="variance is read from the dev error alone; it is the gap to the training error that counts",
    hint="A network that fails everywhere alike does not overfit.",
    severity="fault",
)
def diagnose_dev_alone(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(train_error - bayes_error > tolerance, dev_error > tolerance)


@mistake(
    "bias-and-variance-swapped",
    "diagnose_fit",
    message="bias and variance are exchanged",
    hint="Which of the two is overfitting?",
    severity="grave",
)
def diagnose_swapped(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(dev_error - train_error > tolerance, train_error - bayes_error > tolerance)


@mistake(
    "gap-without-sign",
    "diagnose_fit",
    message="a gap counts in both directions; being better than expected is no fault",
    hint="What does abs do to a dev error below the training error?",
    severity="slip",
)
def diagnose_absolute(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(abs(train_error - bayes_error) > tolerance, abs(dev_error - train_error) > tolerance)


@mistake(
    "zero-taken-for-missing",
    "diagnose_fit",
    message="for a training error of exactly 0 nothing is diagnosed; an error of 0 is a number like any other",
    hint="What does `if not train_error` say of 0.0? Where all training examples are learned, overfitting is most likely.",
    severity="slip",
)
def diagnose_without_zero(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    found = _diagnosis(train_error - bayes_error > tolerance, dev_error - train_error > tolerance)
    return found if train_error else set()


@mistake(
    "zero-taken-for-missing",
    "diagnose_fit",
    message="an unavoidable error of exactly 0 is replaced by another number; an error of 0 is a number like any other",
    hint="What is `0.0 or 0.01`? A default belongs into the first line of the function.",
    severity="slip",
)
def diagnose_without_zero_bayes(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    bayes_error = bayes_error or 0.01
    return _diagnosis(train_error - bayes_error > tolerance, dev_error - train_error > tolerance)


@mistake(
    "set-of-letters",
    "diagnose_fit",
    message="the set holds single letters: set() of a text, or update() with it, takes it apart",
    hint="Compare set('high bias'), {'high bias'} and what add() does.",
    severity="fault",
)
def diagnose_letters(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    words = _diagnosis(train_error - bayes_error > tolerance, dev_error - train_error > tolerance)
    return set("".join(sorted(words)))


@mistake(
    "tolerance-literal",
    "diagnose_fit",
    message="for the variance the number 0.02 is written down, and the argument tolerance is ignored",
    hint="Look for a number in your code that should be an argument.",
    severity="slip",
)
def diagnose_literal_for_variance(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(train_error - bayes_error > tolerance, dev_error - train_error > 0.02)


@mistake(
    "tolerance-literal",
    "diagnose_fit",
    message="for the bias the number 0.02 is written down, and the argument tolerance is ignored",
    hint="Look for a number in your code that should be an argument.",
    severity="slip",
)
def diagnose_literal_for_bias(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(train_error - bayes_error > 0.02, dev_error - train_error > tolerance)


@mistake(
    "relative-gap",
    "diagnose_fit",
    message="the gaps are measured in parts of the error, but the tolerance is an absolute difference",
    hint="Compare the difference itself with the tolerance.",
    severity="fault",
)
def diagnose_relative(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(train_error > bayes_error * (1 + tolerance), dev_error > train_error * (1 + tolerance))


@mistake(
    "relative-gap",
    "diagnose_fit",
    message="the gap to the dev error is measured in parts of the training error, but the tolerance is an absolute difference",
    hint="Compare the difference itself with the tolerance.",
    severity="fault",
)
def diagnose_relative_variance(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(train_error - bayes_error > tolerance, dev_error > train_error * (1 + tolerance))


@mistake(
    "dictionary-for-set",
    "diagnose_fit",
    message="where nothing is wrong the result is {}, which is an empty dictionary",
    hint="How is an empty set written in Python?",
    severity="slip",
)
def diagnose_braces(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(train_error - bayes_error > tolerance, dev_error - train_error > tolerance) or {}


@mistake(
    "nothing-returned",
    "diagnose_fit",
    message="where nothing is wrong the result is None; the exercise asks for the empty set",
    hint="Does every path through your function reach a return?",
    severity="slip",
)
def diagnose_none(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    return _diagnosis(train_error - bayes_error > tolerance, dev_error - train_error > tolerance) or None


# -- random search -----------------------------------------------------------------------


def _log_uniform(low, high, n):
    return np.exp(np.random.uniform(np.log(low), np.log(high), n))


@mistake(
    "uniform-not-logarithmic",
    "sample_learning_rate",
    message="the draws are uniform in alpha itself: nine out of ten fall into the largest decade",
    hint="Draw the exponent.",
    severity="grave",
)
def rate_uniform(low, high, n, seed=0):
    return np.random.uniform(low, high, n)


@mistake(
    "evenly-spaced",
    "sample_learning_rate",
    message="this is a grid or a sorted list, not n independent draws",
    hint="What does random search gain over a grid?",
    severity="fault",
)
def rate_grid(low, high, n, seed=0):
    return np.logspace(np.log10(low), np.log10(high), n)


@mistake(
    "evenly-spaced",
    "sample_learning_rate",
    message="this is a grid or a sorted list, not n independent draws",
    hint="What does random search gain over a grid?",
    severity="fault",
)
def shuffled_rate_grid(low, high, n, seed=0):
    return np.random.default_rng(seed).permutation(np.geomspace(low, high, n))


@mistake(
    "same-draw-repeated",
    "sample_learning_rate",
    message="all n values are the same number",
    hint="How many numbers does your call of the generator draw?",
    severity="grave",
)
def rate_repeated(low, high, n, seed=0):
    return np.full(n, _log_uniform(low, high, 1))


@mistake(
    "whole-powers-of-ten",
    "sample_learning_rate",
    message="only a few values occur: the exponent is drawn as a whole number",
    hint="Any number between the two exponents should be possible.",
    severity="fault",
)
def rate_whole_exponents(low, high, n, seed=0):
    exponents = np.random.randint(np.ceil(np.log10(low)), np.floor(np.log10(high)) + 1, n)
    return np.clip(10.0**exponents, low, high)


@mistake(
    "bases-mixed",
    "sample_learning_rate",
    message="logarithm and power have different bases",
    hint="exp belongs to log, and 10 ** to log10.",
    severity="fault",
)
def rate_bases_mixed(low, high, n, seed=0):
    return np.exp(np.random.uniform(np.log10(low), np.log10(high), n))


@mistake(
    "bases-mixed",
    "sample_learning_rate",
    message="logarithm and power have different bases",
    hint="exp belongs to log, and 10 ** to log10.",
    severity="fault",
)
def rate_bases_mixed_otherwise(low, high, n, seed=0):
    return 10 ** np.random.uniform(np.log(low), np.log(high), n)


_NUMBER = "the number of draws is not n: it is off by one"
_NUMBER_HINT = "Print the shape of your result for n = 1 and for n = 2."
_ROUNDED = "the draws are rounded to a few decimals, so that small ones are the same number"
_ROUNDED_HINT = "Return all digits: rounding belongs where the numbers are printed."


@mistake("off-by-one", "sample_learning_rate", message=_NUMBER, hint=_NUMBER_HINT, severity="fault")
def rate_of_one_less(low, high, n, seed=0):
    return _log_uniform(low, high, n - 1)


@mistake("rounded", "sample_learning_rate", message=_ROUNDED, hint=_ROUNDED_HINT, severity="fault")
def rate_rounded(low, high, n, seed=0):
    return np.round(_log_uniform(low, high, n), 3)


@mistake(
    "bounds-rounded",
    "sample_learning_rate",
    message="the exponents of the two bounds are rounded to whole numbers, so that the draws leave the bounds, or do not reach them",
    hint="What is np.log10(0.3)? It need not be a whole number.",
    severity="fault",
)
def rate_whole_bounds(low, high, n, seed=0):
    return 10 ** np.random.uniform(int(np.log10(low)), int(np.log10(high)), n)


@mistake(
    "other-upper-bound",
    "sample_learning_rate",
    message="the draws reach up to 1; they should reach up to high",
    hint="Which exponent belongs to high?",
    severity="fault",
)
def rate_up_to_1(low, high, n, seed=0):
    return _log_uniform(low, 1, n)


@mistake(
    "exponent-returned",
    "sample_learning_rate",
    message="these are the exponents; the learning rates are powers",
    hint="Can a learning rate be negative?",
    severity="fault",
)
def rate_exponents(low, high, n, seed=0):
    return np.random.uniform(np.log10(low), np.log10(high), n)


@mistake(
    "bounds-ignored",
    "sample_learning_rate",
    message="the draws lie between 0.0001 and 1, whatever low and high are",
    hint="The exponent runs between the logarithms of the two bounds.",
    severity="fault",
)
def rate_fixed_bounds(low, high, n, seed=0):
    return 10 ** (-4 * np.random.rand(n))


@mistake(
    "wrong-shape",
    "sample_learning_rate",
    message="the draws come as a matrix; a vector of shape (n,) is asked for",
    hint="Which shape do you ask the generator for? A vector of n numbers has the shape (n,).",
    severity="slip",
)
def rate_column(low, high, n, seed=0):
    return _log_uniform(low, high, n).reshape(n, 1)


@mistake(
    "uniform-not-logarithmic",
    "sample_momentum",
    message="the draws are uniform in beta itself: values near 1, where little makes a large difference, are rare",
    hint="Which quantity should be uniform on a logarithmic scale?",
    severity="grave",
)
def momentum_uniform(low, high, n, seed=0):
    return np.random.uniform(low, high, n)


@mistake(
    "logarithmic-in-beta",
    "sample_momentum",
    message="the draws are log-uniform in beta; it should be in 1 - beta",
    hint="beta averages over 1 / (1 - beta) steps: which of 0.9 to 0.9005 and 0.999 to 0.9995 matters more?",
    severity="grave",
)
def momentum_log_in_beta(low, high, n, seed=0):
    return _log_uniform(low, high, n)


@mistake("off-by-one", "sample_momentum", message=_NUMBER, hint=_NUMBER_HINT, severity="fault")
def momentum_of_one_less(low, high, n, seed=0):
    return 1 - _log_uniform(1 - high, 1 - low, n - 1)


@mistake(
    "whole-powers-of-ten",
    "sample_momentum",
    message="only a few values of 1 - beta occur: the exponent is drawn as a whole number",
    hint="Any number between the two exponents should be possible.",
    severity="fault",
)
def momentum_whole_exponents(low, high, n, seed=0):
    return 1 - 10.0 ** np.random.randint(-3, 0, n)


@mistake(
    "bases-mixed",
    "sample_momentum",
    message="logarithm and power have different bases",
    hint="exp belongs to log, and 10 ** to log10.",
    severity="fault",
)
def momentum_bases_mixed(low, high, n, seed=0):
    return 1 - 10 ** np.random.uniform(np.log(1 - high), np.log(1 - low), n)


@mistake(
    "other-upper-bound",
    "sample_momentum",
    message="the draws reach up to 0.999; they should reach up to high",
    hint="Which exponent belongs to high?",
    severity="fault",
)
def momentum_up_to_0999(low, high, n, seed=0):
    return 1 - _log_uniform(0.001, 1 - low, n)


@mistake(
    "complement-returned",
    "sample_momentum",
    message="these are values of 1 - beta",
    hint="One subtraction is left to do.",
    severity="fault",
)
def momentum_complement(low, high, n, seed=0):
    return _log_uniform(1 - high, 1 - low, n)


@mistake(
    "bounds-of-the-complement",
    "sample_momentum",
    message="low and high are taken as bounds of 1 - beta; they are bounds of beta",
    hint="Between which values does 1 - beta lie when beta lies between low and high?",
    severity="fault",
)
def momentum_bounds_of_complement(low, high, n, seed=0):
    return 1 - _log_uniform(low, high, n)


@mistake(
    "bounds-ignored",
    "sample_momentum",
    message="the draws lie between 0.9 and 0.999, whatever low and high are",
    hint="The exponent runs between the logarithms of 1 - high and 1 - low.",
    severity="fault",
)
def momentum_fixed_bounds(low, high, n, seed=0):
    return 1 - 10 ** (-2 * np.random.rand(n) - 1)


@mistake(
    "evenly-spaced",
    "sample_momentum",
    message="this is a grid or a sorted list, not n independent draws",
    hint="What does random search gain over a grid?",
    severity="fault",
)
def momentum_grid(low, high, n, seed=0):
    return 1 - np.logspace(np.log10(1 - low), np.log10(1 - high), n)


@mistake(
    "same-draw-repeated",
    "sample_momentum",
    message="all n values are the same number",
    hint="How many numbers does your call of the generator draw?",
    severity="grave",
)
def momentum_repeated(low, high, n, seed=0):
    return np.full(n, 1 - _log_uniform(1 - high, 1 - low, 1))


@mistake(
    "wrong-shape",
    "sample_momentum",
    message="the draws come as a matrix; a vector of shape (n,) is asked for",
    hint="Which shape do you ask the generator for? A vector of n numbers has the shape (n,).",
    severity="slip",
)
def momentum_column(low, high, n, seed=0):
    return 1 - _log_uniform(1 - high, 1 - low, n).reshape(n, 1)


# -- early stopping ----------------------------------------------------------------------


def _stop(costs, patience, *, better=None, resets=True, too_late=0, unstopped=None, result=None):
    """Early stopping with one rule changed; ``result(best, epoch)`` is what it returns."""
    better = better or (lambda cost, best, previous: cost < best)
    best, wait = 0, 0
    for epoch, cost in enumerate(costs):
        if epoch and better(cost, costs[best], costs[epoch - 1]):
            best, wait = epoch, 0 if resets else wait
        elif epoch:
            wait += 1
            if wait >= patience + too_late:
                break
    else:
        if unstopped is not None:
            return unstopped(costs)
    return result(best, epoch) if result else best


@mistake(
    "patience-ignored",
    "early_stopping_epoch",
    message="this is the best of all epochs; those after the stop are never trained",
    hint="When would the training have ended?",
    severity="grave",
)
def stopping_global(dev_costs, patience):
    return int(np.argmin(dev_costs))


@mistake(
    "stop-returned",
    "early_stopping_epoch",
    message="this is the epoch at which training stops, not the best one before",
    hint="Which parameters does early stopping keep?",
    severity="fault",
)
def stopping_last_seen(dev_costs, patience):
    return _stop(dev_costs, patience, result=lambda best, epoch: epoch)


@mistake(
    "cost-of-0-taken-for-none",
    "early_stopping_epoch",
    message="a best cost of exactly 0 is taken for none, and any later cost for a better one",
    hint="What is bool(0.0)? Compare with None by `is None`.",
    severity="slip",
)
def stopping_without_zero(dev_costs, patience):
    return _stop(dev_costs, patience, better=lambda cost, best, previous: not best or cost < best)


@mistake(
    "stops-too-late",
    "early_stopping_epoch",
    message="training stops one epoch too late",
    hint="Stop as soon as the wait reaches patience.",
    severity="slip",
)
def stopping_too_late(dev_costs, patience):
    return _stop(dev_costs, patience, too_late=1)


@mistake(
    "stops-too-early",
    "early_stopping_epoch",
    message="training stops one epoch too early",
    hint="Stop as soon as the wait reaches patience, not before.",
    severity="slip",
)
def stopping_too_early(dev_costs, patience):
    return _stop(dev_costs, patience, too_late=-1)


@mistake(
    "first-pause-stops",
    "early_stopping_epoch",
    message="the first epoch without improvement ends the training, whatever patience is",
    hint="What is the argument patience for?",
    severity="grave",
)
def stopping_at_once(dev_costs, patience):
    return _stop(dev_costs, 1)


@mistake(
    "compared-with-previous-epoch",
    "early_stopping_epoch",
    message="a cost counts as an improvement when it is below the previous one; it must be below the best one",
    hint="Follow your code on the costs 3, 5, 4, 4.5.",
    severity="fault",
)
def stopping_against_previous(dev_costs, patience):
    best, wait = 0, 0
    for epoch in range(1, len(dev_costs)):
        best = epoch if dev_costs[epoch] < dev_costs[best] else best
        wait = 0 if dev_costs[epoch] < dev_costs[epoch - 1] else wait + 1
        if wait >= patience:
            break
    return best


@mistake(
    "latest-decrease-returned",
    "early_stopping_epoch",
    message="the epoch of the latest decrease is returned; its cost may be above the best one",
    hint="Follow your code on the costs 3, 5, 4, 4.5.",
    severity="fault",
)
def stopping_latest_decrease(dev_costs, patience):
    return _stop(dev_costs, patience, better=lambda cost, best, previous: cost < previous)


@mistake(
    "wait-never-reset",
    "early_stopping_epoch",
    message="all epochs without improvement are counted together; an improvement starts the count anew",
    hint="What happens to the wait when the cost improves?",
    severity="fault",
)
def stopping_never_resets(dev_costs, patience):
    return _stop(dev_costs, patience, resets=False)


@mistake(
    "tie-counts",
    "early_stopping_epoch",
    message="an equal cost counts as an improvement",
    hint="Compare < and <=.",
    severity="slip",
)
def stopping_ties(dev_costs, patience):
    return _stop(dev_costs, patience, better=lambda cost, best, previous: cost <= best)


@mistake(
    "tie-not-counted",
    "early_stopping_epoch",
    message="an equal cost does not count as an epoch of waiting; it is no improvement, so it has to",
    hint="How many epochs in a row have not gone below the best cost in 3, 2, 2, 2?",
    severity="slip",
)
def stopping_skips_ties(dev_costs, patience):
    best, wait = 0, 0
    for epoch in range(1, len(dev_costs)):
        if dev_costs[epoch] < dev_costs[best]:
            best, wait = epoch, 0
        elif dev_costs[epoch] > dev_costs[best]:
            wait += 1
            if wait >= patience:
                break
    return best


def _least_improvement(least):
    @mistake(
        "least-improvement",
        "early_stopping_epoch",
        message="small improvements do not count; every cost below the best one is an improvement",
        hint="What is subtracted from the best cost, or added to the new one, in your comparison?",
        severity="fault",
    )
    def stopping_by_large_steps(dev_costs, patience):
        return _stop(dev_costs, patience, better=lambda cost, best, previous: cost < best - least)


for _least in (1e-2, 1e-4, 1e-6):
    _least_improvement(_least)


@mistake(
    "short-lists-ignored",
    "early_stopping_epoch",
    message="where there are no more epochs than patience the result is 0, whatever the costs",
    hint="Which epoch is the best one for the costs 3, 2, 1 and a patience of 3?",
    severity="slip",
)
def stopping_short_lists(dev_costs, patience):
    return 0 if len(dev_costs) <= patience else _stop(dev_costs, patience)


@mistake(
    "best-starts-at-1",
    "early_stopping_epoch",
    message="the best cost starts at 1, so that no larger cost is ever the best one",
    hint="Which cost is the best after the first epoch? Costs may be larger than 1.",
    severity="fault",
)
def stopping_best_of_1(dev_costs, patience):
    best, epoch_of_best, wait = 1.0, 0, 0
    for epoch, cost in enumerate(dev_costs):
        if cost < best:
            best, epoch_of_best, wait = cost, epoch, 0
        else:
            wait += 1
            if wait >= patience:
                break
    return epoch_of_best


@mistake(
    "only-rises-count",
    "early_stopping_epoch",
    message="an epoch of waiting is counted only when the cost rises; every epoch that is not below the best one counts",
    hint="Follow your code on the costs 3, 5, 4.5, 4.",
    severity="fault",
)
def stopping_counts_rises(dev_costs, patience):
    best, wait = 0, 0
    for epoch in range(1, len(dev_costs)):
        if dev_costs[epoch] < dev_costs[best]:
            best, wait = epoch, 0
        elif dev_costs[epoch] > dev_costs[epoch - 1]:
            wait += 1
            if wait >= patience:
                break
    return best


@mistake(
    "cost-for-epoch",
    "early_stopping_epoch",
    message="this is the best cost, not the epoch in which it was reached",
    hint="The result is an index.",
    severity="fault",
)
def stopping_cost(dev_costs, patience):
    return dev_costs[_stop(dev_costs, patience)]


@mistake(
    "counts-from-one",
    "early_stopping_epoch",
    message="epochs are counted from 1; the result is an index, from 0",
    hint="Indices begin at 0.",
    severity="fault",
)
def stopping_from_one(dev_costs, patience):
    return _stop(dev_costs, patience) + 1


@mistake(
    "last-epoch-when-not-stopped",
    "early_stopping_epoch",
    message="when patience never runs out, the last epoch is returned instead of the best one",
    hint="Which epoch is the best one when training runs to its end?",
    severity="fault",
)
def stopping_unstopped(dev_costs, patience):
    return _stop(dev_costs, patience, unstopped=lambda costs: len(costs) - 1)


@mistake(
    "patience-before-stop",
    "early_stopping_epoch",
    message="the epoch is counted back from the stop, also when training never stopped early",
    hint="Remember the best epoch while you go.",
    severity="fault",
)
def stopping_counts_back(dev_costs, patience):
    return _stop(dev_costs, patience, result=lambda best, epoch: epoch - patience)


@mistake(
    "largest-cost",
    "early_stopping_epoch",
    message="this looks for the largest cost; a cost should be small",
    hint="Are these costs or accuracies?",
    severity="grave",
)
def stopping_maximum(dev_costs, patience):
    return _stop(dev_costs, patience, better=lambda cost, best, previous: cost > best)


# -- augmentation ------------------------------------------------------------------------


@mistake(
    "upside-down",
    "flip_horizontal",
    message="the images are turned upside down: the axis of the height is reversed (np.fliplr reverses axis 1, too)",
    hint="What are the four axes of images, in order?",
    severity="grave",
)
def flip_vertical(images):
    return images[:, ::-1]


@mistake(
    "order-of-images",
    "flip_horizontal",
    message="the order of the images is reversed, not their pixels",
    hint="What are the four axes of images, in order?",
    severity="grave",
)
def flip_order(images):
    return images[::-1]


@mistake(
    "order-of-images-as-well",
    "flip_horizontal",
    message="the columns are reversed, and so is the order of the images",
    hint="How many axes does your index reverse? The first axis counts the images.",
    severity="grave",
)
def flip_columns_and_order(images):
    return images[::-1, :, ::-1]


@mistake(
    "channels-reversed",
    "flip_horizontal",
    message="the colour channels are reversed, not the pixels",
    hint="What are the four axes of images, in order?",
    severity="grave",
)
def flip_channels(images):
    return images[..., ::-1]


@mistake(
    "turned-by-180-degrees",
    "flip_horizontal",
    message="both the rows and the columns are reversed: the images are turned, not mirrored",
    hint="A mirror leaves top and bottom where they are.",
    severity="fault",
)
def flip_both(images):
    return images[:, ::-1, ::-1]


@mistake(
    "channels-reversed-as-well",
    "flip_horizontal",
    message="the columns are reversed, and so are the colour channels",
    hint="How many axes does your index reverse? A mirror changes no colour.",
    severity="fault",
)
def flip_columns_and_channels(images):
    return images[:, :, ::-1, ::-1]


@mistake(
    "rows-and-columns-exchanged",
    "flip_horizontal",
    message="rows and columns have changed places: the images are transposed, not mirrored",
    hint="Which shape should an image of 2 rows and 3 columns have in the end?",
    severity="grave",
)
def flip_transposed(images):
    return images.transpose(0, 2, 1, 3)


@mistake(
    "originals-kept",
    "flip_horizontal",
    message="the mirrored images stand beside the ones that came in; only the mirrored ones are wanted",
    hint="How many images should come back?",
    severity="fault",
)
def flip_appended(images):
    return np.concatenate([images, images[:, :, ::-1]])


@mistake(
    "only-first-image",
    "flip_horizontal",
    message="only the first image is mirrored",
    hint="What does images[0] select?",
    severity="fault",
)
def flip_first(images):
    out = images.copy()
    out[0] = out[0][:, ::-1]
    return out


@mistake(
    "overwritten-while-read",
    "flip_horizontal",
    message="the columns are overwritten while they are read: the second half takes from what the first half has become",
    hint="Read from the images that came in, and write into another array.",
    severity="fault",
)
def flip_overwrites(images):
    out = images.copy()
    for column in range(out.shape[2]):
        out[:, :, column] = out[:, :, out.shape[2] - 1 - column]
    return out


@mistake(
    "off-by-one-column",
    "flip_horizontal",
    message="the columns are reversed, but all of them stand one place too far to the right",
    hint="Where does column 0 go? The index -0 is 0, and the last column is -1.",
    severity="fault",
)
def flip_from_column_zero(images):
    return np.roll(images[:, :, ::-1], 1, axis=2)


@mistake(
    "everything-reversed",
    "flip_horizontal",
    message="all four axes are reversed",
    hint="np.flip without an axis reverses every axis.",
    severity="grave",
)
def flip_all(images):
    return np.flip(images)


@mistake(
    "unchanged",
    "flip_horizontal",
    message="the images come back as they were",
    hint="Is the result of the flip what you return?",
    severity="grave",
)
def flip_nothing(images):
    return images


@mistake(
    "mutated-input",
    "flip_horizontal",
    message="the images that came in are overwritten",
    hint="Return a new array.",
    severity="slip",
)
def flip_in_place(images):
    images[:] = images[:, :, ::-1].copy()
    return images
