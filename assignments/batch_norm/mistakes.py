"""Known wrong solutions of batch normalization.

The backward passes read the reference's cache, ``(Z_norm, gamma, 1 / sqrt(variance + epsilon))``.
"""

import numpy as np

from grader.spec import mistake


def _statistics(Z, **options):
    return np.mean(Z, axis=1, keepdims=True), np.var(Z, axis=1, keepdims=True, **options)


def _normal(Z, epsilon):
    mu, variance = _statistics(Z)
    return (Z - mu) / np.sqrt(variance + epsilon)


# -- batch_norm_forward ------------------------------------------------------------------

_UNBIASED = "the variance divides by m - 1; batch normalization divides by m"
_UNBIASED_HINT = "Look at the ddof argument, or at what you divide the sum of squares by."
_OUTSIDE = "epsilon is added to the root; it belongs to the variance, inside the root"
_OUTSIDE_HINT = "Compare sqrt(variance) + epsilon with the formula."
_NO_EPSILON = "epsilon is not used: a unit that is constant over the batch is divided by zero"
_NO_EPSILON_HINT = "What does your function give for a batch of one example?"
_LITERAL = "epsilon is a constant in your code; the argument is ignored"
_LITERAL_HINT = "Call your function with epsilon = 1: does the result change?"
_NO_ROOT = "this divides by the variance instead of by its square root"
_NO_ROOT_HINT = "In which units is the variance of a length measured?"
_NO_MEAN = "the mean is not subtracted"
_NO_MEAN_HINT = "What is the mean of a normalized unit?"
_NOT_SCALED = "gamma and beta are missing: this is the normalized Z"
_NOT_SCALED_HINT = "The last step scales and shifts."
_SWAPPED = "gamma and beta have changed places: gamma scales, beta shifts"
_SWAPPED_HINT = "Which of the two multiplies?"
_NO_SHIFT = "beta is missing: this only scales"
_NO_SHIFT_HINT = "Which mean should a unit have in the end?"
_NO_SCALE = "gamma is missing: this only shifts"
_NO_SCALE_HINT = "Which spread should a unit have in the end?"
_SUBTRACTED = "beta is subtracted; it is added"
_SUBTRACTED_HINT = "Compare the signs in your last line with the formula."
_ADDED = "the mean is added to Z; it has to be subtracted"
_ADDED_HINT = "Compare the sign in front of the mean with the formula."
_NO_PARENTHESES = "only the mean is divided by the root: Z - mean needs parentheses"
_NO_PARENTHESES_HINT = "In which order are - and / evaluated in a - b / c?"
_TWICE = "epsilon is added below the root and beside it; it belongs to the variance alone"
_TWICE_HINT = "How often does epsilon stand in the formula?"


@mistake("unbiased-variance", "batch_norm_forward", message=_UNBIASED, hint=_UNBIASED_HINT, severity="slip")
def forward_unbiased(Z, gamma, beta, epsilon):
    mu, variance = _statistics(Z, ddof=1)
    return gamma * (Z - mu) / np.sqrt(variance + epsilon) + beta, None


@mistake("epsilon-outside-root", "batch_norm_forward", message=_OUTSIDE, hint=_OUTSIDE_HINT, severity="slip")
def forward_epsilon_outside(Z, gamma, beta, epsilon):
    mu, variance = _statistics(Z)
    return gamma * (Z - mu) / (np.sqrt(variance) + epsilon) + beta, None


@mistake("missing-epsilon", "batch_norm_forward", message=_NO_EPSILON, hint=_NO_EPSILON_HINT, severity="slip")
def forward_without_epsilon(Z, gamma, beta, epsilon):
    mu, variance = _statistics(Z)
    with np.errstate(all="ignore"):
        return gamma * (Z - mu) / np.sqrt(variance) + beta, None


@mistake("literal-epsilon", "batch_norm_forward", message=_LITERAL, hint=_LITERAL_HINT, severity="slip")
def forward_literal_epsilon(Z, gamma, beta, epsilon):
    return gamma * _normal(Z, 1e-8) + beta, None


@mistake(
    "variance-bounded-below",
    "batch_norm_forward",
    message="a small variance is made larger, by a bound or by a number that is added; epsilon is all that belongs beside it",
    hint="Compare what stands below the root with the formula.",
    severity="slip",
)
def forward_bounded(Z, gamma, beta, epsilon):
    mu, variance = _statistics(Z)
    bounded = np.where((variance > 0) & (Z.shape[1] > 1), np.maximum(variance, 1e-2), variance)
    return gamma * (Z - mu) / np.sqrt(bounded + epsilon) + beta, None


@mistake("missing-root", "batch_norm_forward", message=_NO_ROOT, hint=_NO_ROOT_HINT, severity="fault")
def forward_without_root(Z, gamma, beta, epsilon):
    mu, variance = _statistics(Z)
    return gamma * (Z - mu) / (variance + epsilon) + beta, None


@mistake("missing-mean", "batch_norm_forward", message=_NO_MEAN, hint=_NO_MEAN_HINT, severity="fault")
def forward_without_mean(Z, gamma, beta, epsilon):
    return gamma * Z / np.sqrt(_statistics(Z)[1] + epsilon) + beta, None


@mistake(
    "missing-normalization",
    "batch_norm_forward",
    message="the mean is subtracted, but nothing is divided by the standard deviation",
    hint="What is the standard deviation of a normalized unit?",
    severity="fault",
)
def forward_only_centred(Z, gamma, beta, epsilon):
    return gamma * (Z - _statistics(Z)[0]) + beta, None


@mistake("missing-scale-and-shift", "batch_norm_forward", message=_NOT_SCALED, hint=_NOT_SCALED_HINT, severity="fault")
def forward_not_scaled(Z, gamma, beta, epsilon):
    return _normal(Z, epsilon), None


@mistake("gamma-and-beta-swapped", "batch_norm_forward", message=_SWAPPED, hint=_SWAPPED_HINT, severity="fault")
def forward_swapped(Z, gamma, beta, epsilon):
    return beta * _normal(Z, epsilon) + gamma, None


@mistake(
    "missing-shift",
    "batch_norm_forward",
    message=_NO_SHIFT,
    hint=_NO_SHIFT_HINT,
    severity="fault",
)
def forward_without_shift(Z, gamma, beta, epsilon):
    return gamma * _normal(Z, epsilon), None


@mistake(
    "missing-scale",
    "batch_norm_forward",
    message=_NO_SCALE,
    hint=_NO_SCALE_HINT,
    severity="fault",
)
def forward_without_scale(Z, gamma, beta, epsilon):
    return _normal(Z, epsilon) + beta, None


@mistake(
    "shift-is-scaled",
    "batch_norm_forward",
    message="gamma multiplies beta as well: this is gamma * (Z_norm + beta)",
    hint="Scale first, then shift: which of the two do your parentheses do first?",
    severity="fault",
)
def forward_scales_shift(Z, gamma, beta, epsilon):
    return gamma * (_normal(Z, epsilon) + beta), None


@mistake(
    "zero-scale-ignored",
    "batch_norm_forward",
    message="a gamma of 0 is taken for a missing one; a unit that it scales is its beta everywhere",
    hint="What is 0 * Z_norm + beta?",
    severity="slip",
)
def forward_without_zero_scale(Z, gamma, beta, epsilon):
    return np.where(gamma == 0, 1.0, gamma) * _normal(Z, epsilon) + beta, None


@mistake(
    "zero-scale-ignored",
    "batch_norm_forward",
    message="a gamma of zeros is taken for a missing one; a unit that it scales is its beta everywhere",
    hint="What is 0 * Z_norm + beta?",
    severity="slip",
)
def forward_without_zeros(Z, gamma, beta, epsilon):
    return (gamma if gamma.any() else np.ones_like(gamma)) * _normal(Z, epsilon) + beta, None


@mistake(
    "statistics-over-units",
    "batch_norm_forward",
    message="mean and variance run over the units of one example; they run over the examples, one pair for each unit",
    hint="Along which axis do the examples of Z lie?",
    severity="grave",
)
def forward_over_units(Z, gamma, beta, epsilon):
    mu, variance = np.mean(Z, axis=0, keepdims=True), np.var(Z, axis=0, keepdims=True)
    return gamma * (Z - mu) / np.sqrt(variance + epsilon) + beta, None


@mistake(
    "statistics-over-everything",
    "batch_norm_forward",
    message="mean and variance are those of the whole array; each unit has its own",
    hint="How many means are there for n units?",
    severity="grave",
)
def forward_over_everything(Z, gamma, beta, epsilon):
    return gamma * (Z - np.mean(Z)) / np.sqrt(np.var(Z) + epsilon) + beta, None


@mistake(
    "sum-of-squares",
    "batch_norm_forward",
    message="this divides by the root of the sum of squares, not by that of their mean",
    hint="A larger batch should not make the normalized values smaller.",
    severity="fault",
)
def forward_sum_of_squares(Z, gamma, beta, epsilon):
    mu, variance = _statistics(Z)
    return gamma * (Z - mu) / np.sqrt(variance * Z.shape[1] + epsilon) + beta, None


@mistake(
    "second-moment",
    "batch_norm_forward",
    message="the mean of Z**2 is used as the variance; the mean has to be subtracted before squaring",
    hint="What is the variance of a unit that is 5 everywhere?",
    severity="fault",
)
def forward_second_moment(Z, gamma, beta, epsilon):
    second = np.mean(Z**2, axis=1, keepdims=True)
    return gamma * (Z - _statistics(Z)[0]) / np.sqrt(second + epsilon) + beta, None


_CLIPPED = "large values are cut to a bound, but the exercise knows none"
_CLIPPED_HINT = (
    "How far from the others may one example be? np.clip belongs neither into what is normalized nor into the result."
)


@mistake("clipped", "batch_norm_forward", message=_CLIPPED, hint=_CLIPPED_HINT, severity="slip")
def forward_clipped(Z, gamma, beta, epsilon):
    return np.clip(gamma * _normal(Z, epsilon) + beta, -10, 10), None


@mistake("clipped", "batch_norm_forward", message=_CLIPPED, hint=_CLIPPED_HINT, severity="slip")
def forward_clipped_within(Z, gamma, beta, epsilon):
    return gamma * np.clip(_normal(Z, epsilon), -10, 10) + beta, None


@mistake("wrong-sign", "batch_norm_forward", message=_SUBTRACTED, hint=_SUBTRACTED_HINT, severity="fault")
def forward_subtracts_shift(Z, gamma, beta, epsilon):
    return gamma * _normal(Z, epsilon) - beta, None


@mistake("wrong-sign", "batch_norm_forward", message=_ADDED, hint=_ADDED_HINT, severity="fault")
def forward_adds_mean(Z, gamma, beta, epsilon):
    mu, variance = _statistics(Z)
    return gamma * (Z + mu) / np.sqrt(variance + epsilon) + beta, None


@mistake("missing-parentheses", "batch_norm_forward", message=_NO_PARENTHESES, hint=_NO_PARENTHESES_HINT, severity="fault")
def forward_divides_mean(Z, gamma, beta, epsilon):
    mu, variance = _statistics(Z)
    return gamma * (Z - mu / np.sqrt(variance + epsilon)) + beta, None


@mistake(
    "deviation-for-variance",
    "batch_norm_forward",
    message="the root is taken of the standard deviation, which is a root already; it is taken of the variance",
    hint="What do np.std and np.var give, and which of them belongs below the root?",
    severity="fault",
)
def forward_root_of_deviation(Z, gamma, beta, epsilon):
    mu, variance = _statistics(Z)
    return gamma * (Z - mu) / np.sqrt(np.sqrt(variance) + epsilon) + beta, None


@mistake("epsilon-twice", "batch_norm_forward", message=_TWICE, hint=_TWICE_HINT, severity="slip")
def forward_epsilon_twice(Z, gamma, beta, epsilon):
    mu, variance = _statistics(Z)
    return gamma * (Z - mu) / (np.sqrt(variance + epsilon) + epsilon) + beta, None


@mistake(
    "one-example-not-normalized",
    "batch_norm_forward",
    message="a batch of one example comes back as it is; the formula gives beta for it",
    hint="What is Z - mu for one example?",
    severity="slip",
)
def forward_without_one_example(Z, gamma, beta, epsilon):
    return (Z if Z.shape[1] == 1 else gamma * _normal(Z, epsilon) + beta), None


# -- batch_norm_backward -----------------------------------------------------------------


def _gradients(dZ_tilde, Z_norm):
    return np.sum(dZ_tilde * Z_norm, axis=1, keepdims=True), np.sum(dZ_tilde, axis=1, keepdims=True)


@mistake(
    "clipped",
    "batch_norm_backward",
    message="large gradients are cut to a bound, but the exercise knows none",
    hint="Follow a dZ_tilde of 100 through your code: np.clip and np.minimum belong into no derivative.",
    severity="fault",
)
def backward_clipped(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    m = dZ_tilde.shape[1]
    dZ = gamma * inverse * (dZ_tilde - dbeta / m - Z_norm * dgamma / m)
    return tuple(np.clip(part, -5, 5) for part in (dZ, dgamma, dbeta))


@mistake(
    "statistics-taken-as-constants",
    "batch_norm_backward",
    message="dZ treats mean and variance as constants, but both depend on Z",
    hint="Through how many paths does one entry of Z reach Z_tilde? Count mean and variance, too.",
    severity="grave",
)
def backward_constant_statistics(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    return dZ_tilde * gamma * inverse, *_gradients(dZ_tilde, Z_norm)


@mistake(
    "variance-taken-as-constant",
    "batch_norm_backward",
    message="the path through the variance is missing from dZ",
    hint="The variance depends on Z as well.",
    severity="fault",
)
def backward_constant_variance(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    return gamma * inverse * (dZ_tilde - dbeta / dZ_tilde.shape[1]), dgamma, dbeta


@mistake(
    "mean-taken-as-constant",
    "batch_norm_backward",
    message="the path through the mean is missing from dZ",
    hint="The mean depends on Z as well.",
    severity="fault",
)
def backward_constant_mean(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    return gamma * inverse * (dZ_tilde - Z_norm * dgamma / dZ_tilde.shape[1]), dgamma, dbeta


def _paths(code, *, message, hint, direct=lambda m: 1.0, mean=lambda m: 1.0, variance=lambda m, deviation: 1.0):
    """A backward pass with another factor at the direct path, at that through the mean, or through the variance."""

    def batch_norm_backward(dZ_tilde, cache):
        Z_norm, gamma, inverse = cache
        dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
        m = dZ_tilde.shape[1]
        through_variance = variance(m, 1 / inverse) * Z_norm * dgamma / m
        dZ = gamma * inverse * (direct(m) * dZ_tilde - mean(m) * dbeta / m - through_variance)
        return dZ, dgamma, dbeta

    mistake(code, "batch_norm_backward", message=message, hint=hint, severity="fault")(batch_norm_backward)


_paths(
    "variance-path-doubled",
    message="the path through the variance counts twice: the factor 1/2 of the derivative of the root is missing",
    hint="What is the derivative of sqrt(x), or of x ** -0.5?",
    variance=lambda m, deviation: 2.0,
)
_paths(
    "variance-path-halved",
    message="the path through the variance counts half: the factor 2 of the derivative of the square is missing",
    hint="What is the derivative of (Z - mu) ** 2?",
    variance=lambda m, deviation: 0.5,
)
_paths(
    "mean-path-not-averaged",
    message="the path through the mean is not divided by m",
    hint="How much does the mean change when one entry of Z grows by 1?",
    mean=float,
)
_paths(
    "mean-path-averaged-twice",
    message="the path through the mean is divided by m twice",
    hint="How much does the mean change when one entry of Z grows by 1? Look for a mean that has to be a sum.",
    mean=lambda m: 1 / m,
)
_paths(
    "variance-path-not-averaged",
    message="the path through the variance is not divided by m",
    hint="The variance is a mean, too: what is its derivative with respect to one of the m entries?",
    variance=lambda m, deviation: m,
)
_paths(
    "variance-path-averaged-twice",
    message="the path through the variance is divided by m twice",
    hint="The variance reaches all m examples: are their contributions added up, or averaged?",
    variance=lambda m, deviation: 1 / m,
)
_paths(
    "first-term-divided-by-m",
    message="dZ_tilde itself is divided by m in dZ; only the two sums are",
    hint="Multiply your formula out: by what is each of its three terms divided?",
    direct=lambda m: 1 / m,
)
for _power in (0.5, 1, 1.5, 2):
    _paths(
        "variance-path-power",
        message="the power of the standard deviation in the path through the variance is wrong",
        hint="What is the derivative of (variance + epsilon) ** -0.5 with respect to the variance?",
        variance=lambda m, deviation, power=_power: deviation**power,
    )


@mistake(
    "divided-by-units",
    "batch_norm_backward",
    message="dZ is made with the number of units in the place of m, the number of examples",
    hint="Which axis of dZ_tilde counts the examples? What is its len?",
    severity="fault",
)
def backward_divided_by_units(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    return gamma * inverse * (dZ_tilde - (dbeta + Z_norm * dgamma) / dZ_tilde.shape[0]), dgamma, dbeta


@mistake(
    "dgamma-times-gamma",
    "batch_norm_backward",
    message="dgamma is made of gamma * dZ_tilde, the gradient for the normalized values; it is made of dZ_tilde itself",
    hint="What is the derivative of gamma * Z_norm + beta with respect to gamma?",
    severity="fault",
)
def backward_dgamma_of_normalized(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    m = dZ_tilde.shape[1]
    return gamma * inverse * (dZ_tilde - dbeta / m - Z_norm * dgamma / m), gamma * dgamma, dbeta


@mistake(
    "missing-gamma",
    "batch_norm_backward",
    message="gamma is missing from dZ",
    hint="What is the derivative of gamma * Z_norm + beta with respect to Z_norm?",
    severity="fault",
)
def backward_without_gamma(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    m = dZ_tilde.shape[1]
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    return inverse * (dZ_tilde - dbeta / m - Z_norm * dgamma / m), dgamma, dbeta


@mistake(
    "missing-deviation",
    "batch_norm_backward",
    message="the division by the standard deviation is missing from dZ",
    hint="What is the derivative of (Z - mu) / sigma with respect to Z, while mu and sigma stand still?",
    severity="fault",
)
def backward_without_deviation(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    m = dZ_tilde.shape[1]
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    return gamma * (dZ_tilde - dbeta / m - Z_norm * dgamma / m), dgamma, dbeta


@mistake(
    "missing-deviation",
    "batch_norm_backward",
    message="the term of dZ with dZ_tilde itself is not divided by the standard deviation",
    hint="What is the derivative of (Z - mu) / sigma with respect to Z, while mu and sigma stand still?",
    severity="fault",
)
def backward_first_term_without_deviation(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    m = dZ_tilde.shape[1]
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    return gamma * dZ_tilde - gamma * inverse * (dbeta / m + Z_norm * dgamma / m), dgamma, dbeta


@mistake(
    "gamma-twice",
    "batch_norm_backward",
    message="gamma is multiplied into dZ twice",
    hint="How often does gamma stand on the way from Z to Z_tilde?",
    severity="fault",
)
def backward_gamma_twice(dZ_tilde, cache):
    _, gamma, _ = cache
    return gamma * _right_dZ(dZ_tilde, cache), *_gradients(dZ_tilde, cache[0])


@mistake(
    "sums-exchanged",
    "batch_norm_backward",
    message="the two sums have changed places in dZ: that of dZ_tilde * Z_norm belongs to the path through the variance, which is multiplied by Z_norm",
    hint="Which of dgamma and dbeta is multiplied by Z_norm?",
    severity="fault",
)
def backward_sums_exchanged(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    m = dZ_tilde.shape[1]
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    return gamma * inverse * (dZ_tilde - dgamma / m - Z_norm * dbeta / m), dgamma, dbeta


@mistake(
    "variance-for-deviation",
    "batch_norm_backward",
    message="dZ is divided by the variance instead of by the standard deviation",
    hint="Is there a root missing?",
    severity="fault",
)
def backward_variance(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    m = dZ_tilde.shape[1]
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    return gamma * inverse**2 * (dZ_tilde - dbeta / m - Z_norm * dgamma / m), dgamma, dbeta


@mistake(
    "missing-mean",
    "batch_norm_backward",
    message="the sums in dZ are not divided by m",
    hint="The derivative of a mean with respect to one of its terms is 1/m.",
    severity="fault",
)
def backward_sums(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    return gamma * inverse * (dZ_tilde - dbeta - Z_norm * dgamma), dgamma, dbeta


@mistake(
    "missing-mean",
    "batch_norm_backward",
    message="dZ is m times too large: a factor 1/m is missing in front",
    hint="The derivative of a mean with respect to one of its terms is 1/m.",
    severity="fault",
)
def backward_times_m(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    return gamma * inverse * (dZ_tilde.shape[1] * dZ_tilde - dbeta - Z_norm * dgamma), dgamma, dbeta


@mistake(
    "unbiased-variance",
    "batch_norm_backward",
    message="the path through the variance divides by m - 1; the variance of the forward pass divides by m",
    hint="Which variance did your forward pass compute?",
    severity="fault",
)
def backward_unbiased(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    m = dZ_tilde.shape[1]
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    with np.errstate(all="ignore"):
        return gamma * inverse * (dZ_tilde - dbeta / m - Z_norm * dgamma / (m - 1)), dgamma, dbeta


@mistake(
    "wrong-sign",
    "batch_norm_backward",
    message="the path through the variance has the wrong sign in dZ",
    hint="Does the normalized value grow or shrink when the variance grows?",
    severity="fault",
)
def backward_sign(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    m = dZ_tilde.shape[1]
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    return gamma * inverse * (dZ_tilde - dbeta / m + Z_norm * dgamma / m), dgamma, dbeta


@mistake(
    "wrong-sign",
    "batch_norm_backward",
    message="the path through the mean has the wrong sign in dZ",
    hint="Does the normalized value grow or shrink when the mean grows?",
    severity="fault",
)
def backward_sign_of_mean(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    m = dZ_tilde.shape[1]
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    return gamma * inverse * (dZ_tilde + dbeta / m - Z_norm * dgamma / m), dgamma, dbeta


def _right_dZ(dZ_tilde, cache):
    Z_norm, gamma, inverse = cache
    m = dZ_tilde.shape[1]
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    return gamma * inverse * (dZ_tilde - dbeta / m - Z_norm * dgamma / m)


@mistake(
    "dgamma-without-normalization",
    "batch_norm_backward",
    message="dgamma uses Z - mean instead of the normalized Z",
    hint="By what is gamma multiplied in the forward pass?",
    severity="fault",
)
def backward_dgamma_centred(dZ_tilde, cache):
    Z_norm, _, inverse = cache
    dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
    return _right_dZ(dZ_tilde, cache), dgamma / inverse, dbeta


@mistake(
    "dgamma-without-input",
    "batch_norm_backward",
    message="dgamma is the sum of dZ_tilde alone",
    hint="By what is gamma multiplied in the forward pass?",
    severity="fault",
)
def backward_dgamma_alone(dZ_tilde, cache):
    dbeta = np.sum(dZ_tilde, axis=1, keepdims=True)
    return _right_dZ(dZ_tilde, cache), dbeta, dbeta


@mistake(
    "parameter-gradients-averaged",
    "batch_norm_backward",
    message="dgamma and dbeta are means over the examples; the gradient is the sum",
    hint="gamma appears once for each example; what does the chain rule do with the m contributions?",
    severity="fault",
)
def backward_averaged(dZ_tilde, cache):
    dgamma, dbeta = _gradients(dZ_tilde, cache[0])
    m = dZ_tilde.shape[1]
    return _right_dZ(dZ_tilde, cache), dgamma / m, dbeta / m


@mistake(
    "dbeta-times-gamma",
    "batch_norm_backward",
    message="dbeta is made of gamma * dZ_tilde, the gradient for the normalized values; it is made of dZ_tilde itself",
    hint="What is the derivative of gamma * Z_norm + beta with respect to beta?",
    severity="fault",
)
def backward_dbeta_of_normalized(dZ_tilde, cache):
    dgamma, dbeta = _gradients(dZ_tilde, cache[0])
    return _right_dZ(dZ_tilde, cache), dgamma, cache[1] * dbeta


def _over_units(*names):
    return mistake(
        "sums-over-units",
        "batch_norm_backward",
        message=f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} summed over the units; one number for each unit is wanted, a sum over the examples",
        hint="Which shape has beta, and along which axis of dZ_tilde do the examples lie?",
        severity="fault",
    )


@_over_units("dbeta")
def backward_dbeta_over_units(dZ_tilde, cache):
    dgamma, _ = _gradients(dZ_tilde, cache[0])
    return _right_dZ(dZ_tilde, cache), dgamma, np.sum(dZ_tilde, axis=0, keepdims=True)


@_over_units("dgamma")
def backward_dgamma_over_units(dZ_tilde, cache):
    _, dbeta = _gradients(dZ_tilde, cache[0])
    return _right_dZ(dZ_tilde, cache), np.sum(dZ_tilde * cache[0], axis=0, keepdims=True), dbeta


@_over_units("dgamma", "dbeta")
def backward_sums_over_units(dZ_tilde, cache):
    sums = (np.sum(part, axis=0, keepdims=True) for part in (dZ_tilde * cache[0], dZ_tilde))
    return _right_dZ(dZ_tilde, cache), *sums


_OWN_EPSILON_HINT = "By what did your forward pass divide? The backward pass needs the same number."
_OWN_EPSILONS = {  # the deviation of dZ, by variance and epsilon
    "missing-epsilon": (
        "the deviation in dZ is made without epsilon; the forward pass divides by sqrt(variance + epsilon)",
        lambda variance, epsilon: np.sqrt(variance),
    ),
    "literal-epsilon": (
        "the deviation in dZ is made with an epsilon of its own; the forward pass may have got another one",
        lambda variance, epsilon: np.sqrt(variance + 1e-8),
    ),
    "epsilon-outside-root": (
        "the deviation in dZ has epsilon outside of the root; the forward pass divides by sqrt(variance + epsilon)",
        lambda variance, epsilon: np.sqrt(variance) + epsilon,
    ),
}


def _own_deviation(code, step_by_step):
    message, deviation_of = _OWN_EPSILONS[code]

    @mistake(code, "batch_norm_backward", message=message, hint=_OWN_EPSILON_HINT, severity="slip")
    def batch_norm_backward(dZ_tilde, cache):
        Z_norm, gamma, inverse = cache
        m, part = dZ_tilde.shape[1], np.mean(Z_norm**2, axis=1, keepdims=True)
        deviation = deviation_of(part / inverse**2, (1 - part) / inverse**2)
        dgamma, dbeta = _gradients(dZ_tilde, Z_norm)
        with np.errstate(all="ignore"):
            if step_by_step:
                centred = Z_norm / inverse
                through_variance = np.sum(dZ_tilde * centred, axis=1, keepdims=True) * deviation**-3.0 * centred / m
                return gamma * (dZ_tilde / deviation - dbeta / deviation / m - through_variance), dgamma, dbeta
            return gamma / deviation * (dZ_tilde - dbeta / m - Z_norm * dgamma / m), dgamma, dbeta


for _code in _OWN_EPSILONS:
    for _step_by_step in (False, True):
        _own_deviation(_code, _step_by_step)


# -- update_running_average --------------------------------------------------------------


@mistake("unbiased-variance", "update_running_average", message=_UNBIASED, hint=_UNBIASED_HINT, severity="slip")
def running_unbiased(running_mean, running_variance, Z, momentum):
    with np.errstate(all="ignore"):
        mu, variance = _statistics(Z, ddof=1)
    return momentum * running_mean + (1 - momentum) * mu, momentum * running_variance + (1 - momentum) * variance


@mistake(
    "missing-keepdims",
    "update_running_average",
    message="mean and variance of the batch have lost an axis: of a column and a flat vector NumPy makes a table of all pairs",
    hint="Which shapes do np.mean(Z, axis=1) and running_mean have, and what does keepdims=True change?",
    severity="fault",
)
def running_without_keepdims(running_mean, running_variance, Z, momentum):
    mu, variance = (part.ravel() for part in _statistics(Z))
    return momentum * running_mean + (1 - momentum) * mu, momentum * running_variance + (1 - momentum) * variance


@mistake(
    "one-example-ignored",
    "update_running_average",
    message="a batch of one example leaves the running variance as it is; its variance is 0, and counts like any other",
    hint="What does the formula give for a new variance of 0?",
    severity="slip",
)
def running_without_one_example(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    kept = momentum * running_variance + (1 - momentum) * variance
    return momentum * running_mean + (1 - momentum) * mu, running_variance if Z.shape[1] == 1 else kept


def _momentum_swapped(where=""):
    return mistake(
        "momentum-swapped",
        "update_running_average",
        message=f"momentum weighs the new batch{where}; it is the weight of the past",
        hint="With momentum 0.9, should one batch change the average a lot or a little?",
        severity="fault",
    )


@_momentum_swapped()
def running_swapped(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    return (1 - momentum) * running_mean + momentum * mu, (1 - momentum) * running_variance + momentum * variance


@_momentum_swapped(" in running_mean")
def running_mean_swapped(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    return (1 - momentum) * running_mean + momentum * mu, momentum * running_variance + (1 - momentum) * variance


@_momentum_swapped(" in running_variance")
def running_variance_swapped(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    return momentum * running_mean + (1 - momentum) * mu, (1 - momentum) * running_variance + momentum * variance


@mistake(
    "averages-mixed",
    "update_running_average",
    message="the new running_variance is made of the old running_mean",
    hint="Compare the line for the variance with the line for the mean.",
    severity="fault",
)
def running_variance_from_mean(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    return momentum * running_mean + (1 - momentum) * mu, momentum * running_mean + (1 - momentum) * variance


@mistake(
    "averages-mixed",
    "update_running_average",
    message="the new running_variance is made of the mean of the batch",
    hint="Compare the line for the variance with the line for the mean.",
    severity="fault",
)
def running_variance_from_mean_of_batch(running_mean, running_variance, Z, momentum):
    mu, _ = _statistics(Z)
    return momentum * running_mean + (1 - momentum) * mu, momentum * running_variance + (1 - momentum) * mu


@mistake(
    "momentum-of-0-taken-for-none",
    "update_running_average",
    message="a momentum of 0 is taken for none, and 0.9 stands in its place",
    hint="What is bool(0.0), and what is 0 or 0.9 in Python?",
    severity="slip",
)
def running_without_zero(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    momentum = momentum or 0.9
    return momentum * running_mean + (1 - momentum) * mu, momentum * running_variance + (1 - momentum) * variance


@mistake(
    "first-batch-as-it-is",
    "update_running_average",
    message="where the running mean is 0 everywhere, the statistics of the batch come back as they are",
    hint="Is there a condition for the first batch? The formula needs none.",
    severity="slip",
)
def running_first_batch(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    momentum = momentum if running_mean.any() else 0.0
    return momentum * running_mean + (1 - momentum) * mu, momentum * running_variance + (1 - momentum) * variance


@mistake(
    "literal-momentum",
    "update_running_average",
    message="momentum is a constant in your code; the argument is ignored",
    hint="Call your function with another momentum: does the result change?",
    severity="fault",
)
def running_literal(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    return 0.9 * running_mean + 0.1 * mu, 0.9 * running_variance + 0.1 * variance


@mistake(
    "deviation-for-variance",
    "update_running_average",
    message="the standard deviation is averaged; the running variance is wanted",
    hint="At test time a root will be taken of what you keep here.",
    severity="fault",
)
def running_deviation(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    new = np.sqrt(variance)
    return momentum * running_mean + (1 - momentum) * mu, momentum * running_variance + (1 - momentum) * new


@mistake(
    "missing-weight",
    "update_running_average",
    message="the new statistics are added with weight 1; the two weights have to add up to 1",
    hint="Where would this average go if all batches were the same?",
    severity="fault",
)
def running_unweighted(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    return momentum * running_mean + mu, momentum * running_variance + variance


def _one_unweighted(name):
    return mistake(
        "missing-weight",
        "update_running_average",
        message=f"in {name} the new statistic is added with weight 1; the two weights have to add up to 1",
        hint="Where would this average go if all batches were the same?",
        severity="fault",
    )


@_one_unweighted("running_mean")
def running_mean_unweighted(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    return momentum * running_mean + mu, momentum * running_variance + (1 - momentum) * variance


@_one_unweighted("running_variance")
def running_variance_unweighted(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    return momentum * running_mean + (1 - momentum) * mu, momentum * running_variance + variance


@mistake(
    "missing-past",
    "update_running_average",
    message="the averages so far are forgotten: these are the statistics of the new batch",
    hint="What is momentum for?",
    severity="grave",
)
def running_without_past(running_mean, running_variance, Z, momentum):
    return _statistics(Z)


def _one_without_past(name):
    return mistake(
        "one-without-past",
        "update_running_average",
        message=f"{name} forgets its past: it is the statistic of the new batch",
        hint="Both averages follow the same formula. What is momentum for?",
        severity="fault",
    )


@_one_without_past("running_mean")
def running_mean_without_past(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    return mu, momentum * running_variance + (1 - momentum) * variance


@_one_without_past("running_variance")
def running_variance_without_past(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    return momentum * running_mean + (1 - momentum) * mu, variance


@mistake(
    "statistics-over-units",
    "update_running_average",
    message="mean and variance run over the units of one example; they run over the examples, one pair for each unit",
    hint="Along which axis do the examples of Z lie?",
    severity="grave",
)
def running_over_units(running_mean, running_variance, Z, momentum):
    mu, variance = np.mean(Z, axis=0, keepdims=True), np.var(Z, axis=0, keepdims=True)
    return momentum * running_mean + (1 - momentum) * mu, momentum * running_variance + (1 - momentum) * variance


@mistake(
    "statistics-over-everything",
    "update_running_average",
    message="mean and variance are those of the whole array; each unit has its own",
    hint="How many means are there for n units?",
    severity="fault",
)
def running_over_everything(running_mean, running_variance, Z, momentum):
    new = (1 - momentum) * np.mean(Z), (1 - momentum) * np.var(Z)
    return momentum * running_mean + new[0], momentum * running_variance + new[1]


@mistake(
    "variance-around-running-mean",
    "update_running_average",
    message="the squares are taken around the running mean; the variance of a batch is taken around its own mean",
    hint="Which mean makes the mean of squares a variance?",
    severity="fault",
)
def running_around_running_mean(running_mean, running_variance, Z, momentum):
    new = np.mean((Z - running_mean) ** 2, axis=1, keepdims=True)
    mu, _ = _statistics(Z)
    return momentum * running_mean + (1 - momentum) * mu, momentum * running_variance + (1 - momentum) * new


@mistake(
    "variance-around-running-mean",
    "update_running_average",
    message="the squares are taken around the running mean that was just updated; the variance of a batch is taken around its own mean",
    hint="Which mean makes the mean of squares a variance?",
    severity="fault",
)
def running_around_new_mean(running_mean, running_variance, Z, momentum):
    mean = momentum * running_mean + (1 - momentum) * _statistics(Z)[0]
    new = np.mean((Z - mean) ** 2, axis=1, keepdims=True)
    return mean, momentum * running_variance + (1 - momentum) * new


@mistake(
    "second-moment",
    "update_running_average",
    message="the mean of Z**2 is used as the variance; the mean has to be subtracted before squaring",
    hint="What is the variance of a unit that is 5 everywhere?",
    severity="fault",
)
def running_second_moment(running_mean, running_variance, Z, momentum):
    new = np.mean(Z**2, axis=1, keepdims=True)
    mu, _ = _statistics(Z)
    return momentum * running_mean + (1 - momentum) * mu, momentum * running_variance + (1 - momentum) * new


@mistake(
    "permuted-result",
    "update_running_average",
    message="the two averages come in the wrong order: expected (running_mean, running_variance)",
    hint="Compare the order in your return statement with the exercise.",
    severity="fault",
)
def running_permuted(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    return momentum * running_variance + (1 - momentum) * variance, momentum * running_mean + (1 - momentum) * mu


@mistake(
    "mutated-input",
    "update_running_average",
    message="the running averages are overwritten",
    hint="Make new arrays: no *= and +=.",
    severity="slip",
)
def running_in_place(running_mean, running_variance, Z, momentum):
    mu, variance = _statistics(Z)
    running_mean *= momentum
    running_mean += (1 - momentum) * mu
    running_variance *= momentum
    running_variance += (1 - momentum) * variance
    return running_mean, running_variance


# -- batch_norm_inference ----------------------------------------------------------------


@mistake(
    "statistics-of-the-batch",
    "batch_norm_inference",
    message="this normalizes with the statistics of Z; at test time the running averages take their place",
    hint="What would happen to a single test example?",
    severity="grave",
)
def inference_of_batch(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * _normal(Z, epsilon) + beta


@mistake(
    "statistics-of-the-batch",
    "batch_norm_inference",
    message="where there are several examples, this normalizes with the statistics of Z; the running averages belong there",
    hint="May the result for one test example depend on the others?",
    severity="grave",
)
def inference_of_several(Z, gamma, beta, running_mean, running_variance, epsilon):
    if Z.shape[1] > 1:
        return gamma * _normal(Z, epsilon) + beta
    return gamma * (Z - running_mean) / np.sqrt(running_variance + epsilon) + beta


@mistake(
    "mean-not-scaled",
    "batch_norm_inference",
    message="running_mean is subtracted after the scaling, so that it is neither divided by the root nor multiplied by gamma",
    hint="What has to be subtracted from Z before it is divided? Multiply out your formula.",
    severity="fault",
)
def inference_mean_not_scaled(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * Z / np.sqrt(running_variance + epsilon) + beta - running_mean


@mistake("epsilon-outside-root", "batch_norm_inference", message=_OUTSIDE, hint=_OUTSIDE_HINT, severity="slip")
def inference_epsilon_outside(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * (Z - running_mean) / (np.sqrt(running_variance) + epsilon) + beta


@mistake("missing-epsilon", "batch_norm_inference", message="epsilon is not used", hint=_LITERAL_HINT, severity="slip")
def inference_without_epsilon(Z, gamma, beta, running_mean, running_variance, epsilon):
    with np.errstate(all="ignore"):
        return gamma * (Z - running_mean) / np.sqrt(running_variance) + beta


@mistake("literal-epsilon", "batch_norm_inference", message=_LITERAL, hint=_LITERAL_HINT, severity="slip")
def inference_literal_epsilon(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * (Z - running_mean) / np.sqrt(running_variance + 1e-8) + beta


@mistake("missing-root", "batch_norm_inference", message=_NO_ROOT, hint=_NO_ROOT_HINT, severity="fault")
def inference_without_root(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * (Z - running_mean) / (running_variance + epsilon) + beta


@mistake("missing-mean", "batch_norm_inference", message=_NO_MEAN, hint=_NO_MEAN_HINT, severity="fault")
def inference_without_mean(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * Z / np.sqrt(running_variance + epsilon) + beta


@mistake("missing-scale-and-shift", "batch_norm_inference", message=_NOT_SCALED, hint=_NOT_SCALED_HINT, severity="fault")
def inference_not_scaled(Z, gamma, beta, running_mean, running_variance, epsilon):
    return (Z - running_mean) / np.sqrt(running_variance + epsilon)


@mistake(
    "variance-bounded-below",
    "batch_norm_inference",
    message="a small variance is made larger, by a bound or by a number that is added; epsilon is all that belongs beside it",
    hint="Compare what stands below the root with the formula.",
    severity="slip",
)
def inference_bounded(Z, gamma, beta, running_mean, running_variance, epsilon):
    bounded = np.where(running_variance > 0, np.maximum(running_variance, 1e-2), 0)
    return gamma * (Z - running_mean) / np.sqrt(bounded + epsilon) + beta


@mistake("gamma-and-beta-swapped", "batch_norm_inference", message=_SWAPPED, hint=_SWAPPED_HINT, severity="fault")
def inference_swapped(Z, gamma, beta, running_mean, running_variance, epsilon):
    return beta * (Z - running_mean) / np.sqrt(running_variance + epsilon) + gamma


def _half_of_batch(statistic):
    return mistake(
        "statistics-of-the-batch",
        "batch_norm_inference",
        message=f"the {statistic} is that of Z; at test time running_{statistic} takes its place",
        hint="What would happen to a single test example?",
        severity="fault",
    )


@_half_of_batch("mean")
def inference_mean_of_batch(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * (Z - _statistics(Z)[0]) / np.sqrt(running_variance + epsilon) + beta


@_half_of_batch("variance")
def inference_variance_of_batch(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * (Z - running_mean) / np.sqrt(_statistics(Z)[1] + epsilon) + beta


@mistake("missing-shift", "batch_norm_inference", message=_NO_SHIFT, hint=_NO_SHIFT_HINT, severity="fault")
def inference_without_shift(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * (Z - running_mean) / np.sqrt(running_variance + epsilon)


@mistake("missing-scale", "batch_norm_inference", message=_NO_SCALE, hint=_NO_SCALE_HINT, severity="fault")
def inference_without_scale(Z, gamma, beta, running_mean, running_variance, epsilon):
    return (Z - running_mean) / np.sqrt(running_variance + epsilon) + beta


@mistake("wrong-sign", "batch_norm_inference", message=_SUBTRACTED, hint=_SUBTRACTED_HINT, severity="fault")
def inference_subtracts_shift(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * (Z - running_mean) / np.sqrt(running_variance + epsilon) - beta


@mistake("wrong-sign", "batch_norm_inference", message=_ADDED, hint=_ADDED_HINT, severity="fault")
def inference_adds_mean(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * (Z + running_mean) / np.sqrt(running_variance + epsilon) + beta


_inference_parentheses = mistake(
    "missing-parentheses", "batch_norm_inference", message=_NO_PARENTHESES, hint=_NO_PARENTHESES_HINT, severity="fault"
)


@_inference_parentheses
def inference_divides_mean(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * (Z - running_mean / np.sqrt(running_variance + epsilon)) + beta


@_inference_parentheses
def inference_divides_mean_alone(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * Z - running_mean / np.sqrt(running_variance + epsilon) + beta


@mistake(
    "shift-below-the-bar",
    "batch_norm_inference",
    message="beta is added to the root, below the fraction bar; it is added to the quotient",
    hint="Where does your denominator end? Look at the parentheses.",
    severity="fault",
)
def inference_divides_by_shift(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * (Z - running_mean) / (np.sqrt(running_variance + epsilon) + beta)


@mistake(
    "variance-squared",
    "batch_norm_inference",
    message="running_variance is squared below the root; a variance is the square of a deviation already",
    hint="Compare what stands below the root with the formula.",
    severity="fault",
)
def inference_squares_variance(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * (Z - running_mean) / np.sqrt(running_variance**2 + epsilon) + beta


@mistake("epsilon-twice", "batch_norm_inference", message=_TWICE, hint=_TWICE_HINT, severity="slip")
def inference_epsilon_twice(Z, gamma, beta, running_mean, running_variance, epsilon):
    return gamma * (Z - running_mean) / (np.sqrt(running_variance + epsilon) + epsilon) + beta
