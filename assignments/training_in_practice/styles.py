"""Right solutions in other styles: each must get full marks."""

import math
import random
from itertools import pairwise

import numpy as np


def split_by_rounding_down(X, Y, dev_fraction, test_fraction, seed=0):
    np.random.seed(seed)
    m = X.shape[1]
    order = np.random.permutation(m)
    n_dev, n_test = int(m * dev_fraction), int(m * test_fraction)
    dev, test, train = order[:n_dev], order[n_dev : n_dev + n_test], order[n_dev + n_test :]
    return (X[:, train], Y[:, train]), (X[:, dev], Y[:, dev]), (X[:, test], Y[:, test])


def split_in_order_with_lists(X, Y, dev_fraction, test_fraction, seed=0):
    m = X.shape[1]
    n_train = math.ceil(m * (1 - dev_fraction - test_fraction))
    n_dev = min(math.ceil(m * dev_fraction), m - n_train)
    borders = [0, n_train, n_train + n_dev, m]
    return [[X[:, a:b], Y[:, a:b]] for a, b in pairwise(borders)]


def split_of_a_stack(X, Y, dev_fraction, test_fraction, seed=0):
    both = np.vstack([X, Y])[:, np.random.RandomState(seed).permutation(X.shape[1])]
    n_test = round(X.shape[1] * test_fraction)
    n_dev = round(X.shape[1] * dev_fraction)
    sets = both[:, n_dev + n_test :], both[:, :n_dev], both[:, n_dev : n_dev + n_test]
    return tuple((part[:-1], part[-1:]) for part in sets)


def split_column_by_column(X, Y, dev_fraction, test_fraction, seed=0):
    rng = random.Random(seed)
    columns = list(range(X.shape[1]))
    rng.shuffle(columns)
    n_dev, n_test = int(len(columns) * dev_fraction), int(len(columns) * test_fraction)
    sets = columns[n_dev + n_test :], columns[:n_dev], columns[n_dev : n_dev + n_test]
    places = [np.array(part, dtype=int) for part in sets]
    return tuple((np.take(X, place, axis=1), np.take(Y, place, axis=1)) for place in places)


def fit_by_hand(X_train):
    m = X_train.shape[1]
    mu = (1 / m) * np.sum(X_train, axis=1).reshape(-1, 1)
    return [mu, np.sqrt(np.sum(np.square(X_train - mu), axis=1, keepdims=True) / m)]


def fit_with_var(X_train):
    return X_train.mean(1)[:, None], X_train.var(1)[:, np.newaxis] ** 0.5


def fit_by_mean_square(X_train):
    mu = np.average(X_train, axis=1)[:, None]
    variance = np.mean(X_train * X_train, axis=1, keepdims=True) - mu**2
    return mu, np.sqrt(np.maximum(variance, 0))


def fit_in_loops(X_train):
    n_x, m = X_train.shape
    mu, sigma = np.zeros((n_x, 1)), np.zeros((n_x, 1))
    for i in range(n_x):
        mu[i, 0] = sum(X_train[i]) / m
        sigma[i, 0] = math.sqrt(sum((x - mu[i, 0]) ** 2 for x in X_train[i]) / m)
    return mu, sigma


def normalize_with_safe_copy(X, mu, sigma):
    safe = sigma.copy()
    safe[safe == 0] = 1
    return np.subtract(X, mu) / safe


def normalize_where_positive(X, mu, sigma):
    centred = X - mu
    return np.divide(centred, sigma, out=np.zeros_like(centred), where=np.broadcast_to(sigma, centred.shape) > 0)


def normalize_afterwards(X, mu, sigma):
    with np.errstate(all="ignore"):
        return np.nan_to_num((X - mu) / sigma)


def normalize_row_by_row(X, mu, sigma):
    rows = []
    for row, m, s in zip(X, mu[:, 0], sigma[:, 0], strict=True):
        rows.append((row - m) / s if s > 1e-12 else row * 0)
    return np.array(rows)


def diagnose_as_list(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    found = []
    if train_error > bayes_error + tolerance:
        found.append("high bias")
    if dev_error > train_error + tolerance:
        found.append("high variance")
    return set(found)


def diagnose_frozen(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    gaps = {"high bias": train_error - bayes_error, "high variance": dev_error - train_error}
    return frozenset(name for name, gap in gaps.items() if gap >= tolerance)


def diagnose_by_cases(train_error, dev_error, bayes_error=0.0, tolerance=0.02):
    bias, variance = train_error - bayes_error > tolerance, dev_error - train_error > tolerance
    if bias and variance:
        return {"high bias", "high variance"}
    if bias:
        return {"high bias"}
    return {"high variance"} if variance else set()


def rate_by_power_of_ten(low, high, n, seed=0):
    np.random.seed(seed)
    a, b = np.log10(low), np.log10(high)
    return 10 ** (a + (b - a) * np.random.rand(n))


def rate_geometric(low, high, n, seed=0):
    return low * (high / low) ** np.random.RandomState(1).random_sample(n)


def rate_in_a_loop(low, high, n, seed=0):
    random.seed(seed)
    return np.array([math.exp(random.uniform(math.log(low), math.log(high))) for _ in range(n)])


def momentum_by_power_of_ten(low, high, n, seed=0):
    np.random.seed(seed)
    return 1 - 10 ** np.random.uniform(np.log10(1 - low), np.log10(1 - high), size=n)


def momentum_from_rates(low, high, n, seed=0):
    return 1 - rate_geometric(1 - high, 1 - low, n, seed)


def momentum_in_a_loop(low, high, n, seed=0):
    betas = np.zeros(n)
    for i in range(n):
        r = np.log10(1 - high) + (np.log10(1 - low) - np.log10(1 - high)) * np.random.rand()
        betas[i] = 1 - 10**r
    return betas


def stopping_with_wait(dev_costs, patience):
    best_cost, best_epoch, wait = float("inf"), 0, 0
    for epoch, cost in enumerate(dev_costs):
        if cost < best_cost:
            best_cost, best_epoch, wait = cost, epoch, 0
        else:
            wait += 1
            if wait >= patience:
                return best_epoch
    return best_epoch


def stopping_while(dev_costs, patience):
    costs = np.array(dev_costs)
    epoch, wait, best = 1, 0, 0
    while epoch < len(costs) and wait < patience:
        wait = 0 if costs[epoch] < costs[best] else wait + 1
        best = epoch if wait == 0 else best
        epoch += 1
    return np.int64(best)


def stopping_by_argmin(dev_costs, patience):
    for end in range(1, len(dev_costs) + 1):
        best = np.argmin(dev_costs[:end])
        if end - 1 - best >= patience:
            break
    return best


def flip_by_numpy(images):
    return np.flip(images, axis=2)


def flip_by_index(images):
    return images[:, :, np.arange(images.shape[2])[::-1], :]


def flip_in_loops(images):
    m, _, width, _ = images.shape
    flipped = np.zeros(images.shape)
    for i in range(m):
        for column in range(width):
            flipped[i, :, column, :] = images[i, :, width - 1 - column, :]
    return flipped


def flip_one_by_one(images):
    return np.array([np.fliplr(image) for image in images])


STYLES = {
    "train_dev_test_split": (
        split_by_rounding_down,
        split_in_order_with_lists,
        split_of_a_stack,
        split_column_by_column,
    ),
    "fit_normalization": (fit_by_hand, fit_with_var, fit_by_mean_square, fit_in_loops),
    "normalize": (normalize_with_safe_copy, normalize_where_positive, normalize_afterwards, normalize_row_by_row),
    "diagnose_fit": (diagnose_as_list, diagnose_frozen, diagnose_by_cases),
    "sample_learning_rate": (rate_by_power_of_ten, rate_geometric, rate_in_a_loop),
    "sample_momentum": (momentum_by_power_of_ten, momentum_from_rates, momentum_in_a_loop),
    "early_stopping_epoch": (stopping_with_wait, stopping_while, stopping_by_argmin),
    "flip_horizontal": (flip_by_numpy, flip_by_index, flip_in_loops, flip_one_by_one),
}
