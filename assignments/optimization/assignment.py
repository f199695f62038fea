"""Optimizers: gradient descent, mini-batches, momentum, Adam."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from grader.properties import at_usual_sizes, no_shared_memory, shared_memory
from grader.spec import Assignment, CaseClass, CaseSet, Function, Objection, Property, Ref, Step

_RATES = [0.0125, 0.05, 0.3, 0.7, 1.25]


def _rate(d):
    return 0.0 if d.case == "rate of 0" else d.choice(_RATES)


_NAMED = 0.1  # what a kind of input carries that the exercise speaks of by name


def _classes(small=6, general=12, each=3, named=(), **special):
    """Networks small enough to be followed by hand, then deeper ones with neighbours of different size."""
    return (
        CaseClass("small", count=small, sizes={"L": (1, 2), "width": (2, 3)}),
        CaseClass("general", count=general, sizes={"L": (3, 4), "width": (2, 5)}),
        *(
            CaseClass(name.replace("_", " "), count=each, sizes=sizes, share=_NAMED * (name in named))
            for name, sizes in special.items()
        ),
    )


_TINY = 2.0**-28
_DEPTHS = {"one_layer": {"L": 1}, "five_layers_of_three_units": {"L": 5, "width": 3}, "one_unit": {"width": 1}}


def _network(d):
    parameters = d.parameters(d.layers((3, 4), outputs=None))
    if d.case in ("first step", "biases of 0"):  # as every network starts
        return {name: value * name.startswith("W") + 0.0 for name, value in parameters.items()}
    if d.case == "tiny gradient":  # where a tiny step shows
        return {name: _TINY * value for name, value in parameters.items()}
    return parameters


def _gradients(d, parameters):
    """As the backward pass builds them, with the last layer first; in small cases in the usual order."""
    grads = d.like(parameters, scale=250.0 if d.case == "steep" else 1.0)
    if d.case in ("zero gradient", "at rest"):
        grads = {name: np.zeros_like(value) for name, value in grads.items()}
    if d.case == "tiny gradient":
        grads = {name: _TINY * value for name, value in grads.items()}
    if d.case in ("general", "tiny gradient"):  # a unit that is shut for all examples has no gradient, others have one
        for value in grads.values():
            value[: len(value) > 1] = 0.0
    return grads if d.case == "small" else dict(reversed(grads.items()))


def _by_name(d, arrays, backwards=False):
    """Sorted by their names, which is no order of the parameters or the gradients; in small cases as they are."""
    return arrays if d.case == "small" else dict(sorted(arrays.items(), reverse=backwards))


def _at_rest(d, parameters):
    return d.right("initialize_velocity", parameters)


def _velocity(d, parameters):
    size = _TINY if d.case == "tiny gradient" else 1.0
    return {name: size * value for name, value in d.like(parameters).items()}


def _copy(arrays):
    return {name: value.copy() for name, value in arrays.items()}


def _differs(got, expected):
    """The first array of a dictionary that is not the expected one, as a sentence."""
    for name, value in expected.items():
        if not np.allclose(got[name], value, rtol=1e-9, atol=1e-12):
            return name
    return None


# -- gradient descent --------------------------------------------------------------------


def _descent(d):
    """In cases of their own the gradients of all weights are zero, or some of any kind: there are dead units."""
    parameters = _network(d)
    grads = d.like(parameters) if d.case in ("zero gradient", "zeros among others") else _gradients(d, parameters)
    if d.case == "zero gradient":
        grads = {name: 0 * grad if name.startswith("dW") else grad for name, grad in grads.items()}
    if d.case == "zeros among others":
        grads = d.partly_zero(grads)
    return parameters, grads, _rate(d)


def _two_steps(d):
    """Two steps along the same gradient, and one step of their summed length."""
    parameters, grads, rate = _descent(d)
    name = "update_parameters_with_gd"
    first = Step(name, (parameters, grads, rate))
    return [first, Step(name, (Ref(0, ()), grads, 0.25)), Step(name, (parameters, grads, rate + 0.25))]


def _same_place(given):
    _, twice, once = given.replies
    name = _differs(twice, once)
    return name and f"two steps along the same gradient do not lead where one step of their summed length leads: see {name}"


# -- mini-batches ------------------------------------------------------------------------

_PRIME, _SIZE = 271, 16  # 15 examples are left over
_RUN = 15  # P(some difference occurs more than 15 times) <= 270 / 16! = 1.3e-11, see _not_shuffled
_STAY = 17  # P(more examples than that are moved by one distance) <= 271 / 18! = 4.3e-14, and the same when reversed
_FAR = 7.5  # standard deviations of a hypergeometric number: see _kept_groups


_USUAL = (CaseClass("general", count=3), CaseClass("divides", count=2), CaseClass("whole", count=1))


def _examples(d, m, size):
    """Distinct columns, so that each can be found again, with labels in one row.

    A single row shows nothing of columns that are torn apart.
    """
    X = d.array(d.integer(1 if d.case in ("small", "one by one") else 2, 4), m)
    if d.case == "large":  # every row rises in one order, so that an order by the size of any entry can be told
        X = np.sort(X, axis=1)[:, d.rng.permutation(m)]
    if d.case == "large batches":  # nobody may take two examples for one because they look alike
        X[:, m // 2 : m // 2 + 9] = X[:, :9]
    return X, d.labels(1, m), size, d.integer(0, 999)


def _batches(d):
    size = d.integer(2, 4) if d.case == "small" else d.integer(3, 9)
    match d.case:
        case "large batches":
            size = d.choice([64, 100, 128])
            m = 2 * size + d.integer(1, size - 1)
        case "large":
            return _examples(d, _PRIME, _SIZE)
        case "one by one":
            return _examples(d, d.integer(2, 6), 1)
        case "small":
            m = size + d.integer(1, size + 1)
        case "divides":
            m = size * d.integer(2, 4)
        case "whole":
            m = size
        case "fewer than a batch":
            m = d.integer(1, size - 1)
        case _:
            m = size * d.integer(2, 4) + d.choice([1, d.integer(1, size - 1)])  # often a batch of one
    return _examples(d, m, size)


def _read(args, reply):
    """Per batch the numbers of its examples (-1 for a column that X does not have), and its labels."""
    X = args[0].astype(np.float32)  # single precision is another mistake than other numbers
    number = {X[:, j].tobytes(): j for j in range(X.shape[1])}
    held, labels = [], []
    for X_t, Y_t in reply:
        columns = np.asarray(X_t, dtype=np.float32).T
        held.append(np.array([number.get(column.tobytes(), -1) for column in columns], dtype=int))
        labels.append(np.asarray(Y_t))
    return held, labels


_UNSEEN = Objection("the batches have to hold the columns of X first", checked=False)
_RANDOM = "expected a random order"
_ASTRAY = Objection("the labels have to stay with their examples first", checked=False)


def _axes_problem(args, reply):
    """What is said of the first batch that has no columns of as many features as X."""
    features = args[0].shape[0]
    for t, (X_t, _) in enumerate(reply, 1):
        shape = np.shape(X_t)
        if len(shape) != 2 or shape[0] != features:
            rows = f"{features} row{'s' * (features > 1)}"
            return f"the examples of batch {t} have the shape {shape}, expected {rows}, and a column for each"
    return None


def _is_coarse(X_t):
    """Whether the type of an array holds less than the numbers of X, all of which are float64."""
    return np.asarray(X_t).dtype in (np.float32, np.float16) or np.asarray(X_t).dtype.kind in "biu"


def _examples_problem(args, reply, coarse=True):
    """What is wrong with the examples of all batches and their labels; a ``coarse`` type is, too, unless told otherwise."""
    X, Y, size, _ = args
    m = X.shape[1]
    held, labels = _read(args, reply)
    if not held or (m > size and len(held) < 2):
        return f"{m} examples in batches of {size} make more than one batch, found {len(held)}"
    dtype = next((np.asarray(X_t).dtype for X_t, _ in reply if coarse and _is_coarse(X_t)), None)
    if dtype:
        return f"the batches hold {dtype} numbers; expected those of X, which are float64"
    if problem := _axes_problem(args, reply):
        return problem
    for t, numbers in enumerate(held, 1):
        if (numbers < 0).any():
            return f"batch {t} holds a column that is no column of X"
    found = np.concatenate(held)
    different = np.unique(found).size
    if not found.size == m == different:
        return f"expected each of the {m} examples once, found {found.size}, of which {different} are different"
    for t, (numbers, Y_t) in enumerate(zip(held, labels, strict=True), 1):
        if Y_t.shape != (1, numbers.size):
            return f"the labels of batch {t} have the shape {Y_t.shape}, expected {(1, numbers.size)}"
        if not np.array_equal(Y_t, Y[:, numbers]):
            return f"batch {t} does not hold the labels of its own examples"
    return None


def _own_and_foreign(given):
    """Which examples are there with their own label, in whatever batch, and how many come with that of another.

    What does not hold one number for each example is no label of another one.
    """
    Y = given.args[1]
    held, labels = _read(given.args, given.reply)
    pairs = [
        (number, label == Y[0, number])
        for numbers, Y_t in zip(held, labels, strict=True)
        for number, label in zip(numbers, Y_t.ravel(), strict=False)
        if number >= 0 and Y_t.size == numbers.size
    ]
    return {number for number, own in pairs if own}, sum(not own for _, own in pairs)


def _foreign_labels_problem(given):
    """Whether the examples that are there have their own labels: half of all of them, or fewer that were shuffled."""
    found = np.concatenate(_read(given.args, given.reply)[0] or [[]])
    shuffled = found.size >= _SIZE - 1 and np.ptp(found) > 1.5 * found.size
    if shuffled and np.unique(found).size == found.size and found.min() >= 0 and not _own_and_foreign(given)[1]:
        return None
    return _labels_problem(given, 0.5, "a label")


def _most_labels_problem(given):
    """Whether most of the examples are there, each with its own label, in whatever batch; few of them come again."""
    m, found = given.args[0].shape[1], sum(map(len, _read(given.args, given.reply)[0]))
    if found > 1.1 * m:
        return f"there are {m} examples, but the batches hold {found}"
    return _ASTRAY if _own_and_foreign(given)[1] else _labels_problem(given, 0.9, "their own label")


def _labels_problem(given, least, label):
    X, _, size, _ = given.args
    m = X.shape[1]
    if m > size and len(given.reply) < 2:
        return f"{m} examples in batches of {size} make more than one batch, found {len(given.reply)}"
    own, foreign = _own_and_foreign(given)
    if len(own) >= least * m and not foreign:
        return None
    if foreign:
        return f"of {m} examples, {foreign} come with the label of another one"
    if all((numbers < 0).all() for numbers in _read(given.args, given.reply)[0]):
        return _UNSEEN
    return f"of {m} examples, {_so_many(own)} with {label.replace('their', 'its') if len(own) == 1 else label}"


def _so_many(numbers):
    return f"only {len(numbers)} {'is' if len(numbers) == 1 else 'are'} there" if numbers else "none is there"


def _lengths(held):
    return [numbers.size for numbers in held]


def _sizes(args):
    m, size = args[0].shape[1], args[2]
    return [size] * (m // size) + [m % size] * (m % size > 0)


def _sizes_problem(args, reply):
    if problem := _axes_problem(args, reply):
        return problem
    held, labels = _read(args, reply)
    found, expected = _lengths(held), _sizes(args)
    if found != expected:
        return f"the batches have the sizes {found[:20]}, expected {expected[:20]}"
    for t, (numbers, Y_t) in enumerate(zip(held, labels, strict=True), 1):
        if Y_t.shape != (1, numbers.size):
            return f"the labels of batch {t} have the shape {Y_t.shape}, expected {(1, numbers.size)}"
    return "a batch holds a column that is no column of X" if any((numbers < 0).any() for numbers in held) else None


def _each_once(given):
    return _examples_problem(given.args, given.reply)


def _only_the_last_smaller(given):
    return _sizes_problem(given.args, given.reply)


def _not_shuffled(given):
    """Whether the order has a pattern that chance does not make.

    With m prime, the differences (mod m) of neighbours in a random order take a given value k times
    or more with probability at most 1/k!: the order is then one of C(m-1, k) * m * (m-k-1)! among
    m!. This covers the identity, a reversal, a rotation, any stride and batches that were shuffled
    as wholes. A batch whose members all come from one neighbourhood was shuffled too late, or not
    together with the others.
    """
    held, _ = _read(given.args, given.reply)
    order = np.concatenate(held)
    if order.min() < 0:
        return _UNSEEN
    if np.unique(order).size < 0.9 * _PRIME:
        return f"only {np.unique(order).size} of the {_PRIME} examples are in the batches, expected all, in a random order"
    own, foreign = _own_and_foreign(given)
    if foreign > 0.1 * _PRIME:
        return _ASTRAY
    if np.array_equal(order, np.arange(order.size)):
        return "the examples are still in their old order"
    if np.array_equal(_ranks(given)[order], np.arange(order.size)):
        return "the examples are in the order of the values in X; expected a random permutation"
    for places, old in ((order, "the old order"), (_ranks(given)[order], "the order of the values in X")):
        moved = np.bincount((places - np.arange(order.size)) % _PRIME).max()
        mirrored = np.bincount((places + np.arange(order.size)) % _PRIME).max()
        if moved > _STAY:
            return f"{moved} of {_PRIME} examples stand as in {old}, moved by one distance or not at all; {_RANDOM}"
        if mirrored > _STAY:
            return f"{mirrored} of {_PRIME} examples stand as in {old}, read backwards; {_RANDOM}"
        if any(_kept_groups(mine, theirs[places]) for mine in _groups(order.size) for theirs in _groups(_PRIME)):
            return "groups of examples stay together as they were; expected one permutation of all examples"
    if any(_kept_groups(mine, given.args[1][0, order] > 0) for mine in _groups(order.size)):
        return "the examples of one label stand together; expected one permutation of all examples"
    if np.bincount(np.diff(order) % _PRIME).max() > _RUN and _stay_together(held):
        return "the order of the examples has a regular pattern; expected a random permutation"
    spans = [int(np.ptp(numbers)) for numbers in held if numbers.size >= _SIZE - 1]
    if min(spans, default=_PRIME) < 1.5 * _SIZE:
        return "a batch holds neighbours only; expected a permutation of all examples before they are cut into batches"
    return None


def _ranks(given):
    """The place of each example in the order by the values of X."""
    return np.argsort(np.argsort(given.args[0][0]))


def _groups(count):
    """Half of the places, in four ways: the first half, every second quarter, the outer quarters, every second place."""
    quarter = 4 * np.arange(count) // count
    return quarter < 2, quarter % 2 == 0, quarter % 3 == 0, np.arange(count) % 2 == 0


def _kept_groups(places, examples):
    """Whether the places of a group hold far more or far fewer examples of another group than chance gives them.

    Their number is hypergeometric. Seven and a half standard deviations are exceeded with a probability below 1e-12.
    """
    count, mine, theirs = places.size, places.sum(), examples.sum()
    mean = mine * theirs / count
    variance = mean * (count - mine) * (count - theirs) / (count * (count - 1))
    return abs((places & examples).sum() - mean) > _FAR * np.sqrt(variance) if variance else False


def _stay_together(held):
    """Whether examples that lie as far from each other as many others share a batch with them; else chance has dealt them.

    Within its batch the old order may be kept.
    """
    batch = -1 - np.arange(_PRIME)
    for number, members in enumerate(held):
        batch[members] = number
    return max(np.count_nonzero(batch == np.roll(batch, lag)) for lag in range(1, _PRIME // 2 + 1)) > _SIZE * 4


def _usual(d):
    """Batches of four of some thirty examples, or of one."""
    return _examples(d, d.integer(28, 36), d.choice([4, 4, 1]))


def _usual_order(given):
    """Whether every four examples are neighbours, in a batch or one by one: of chance, less than one in 10 ** 15."""
    held, _ = _read(given.args, given.reply)
    if given.args[2] == 1:
        held = [np.concatenate(held)[start : start + 4] for start in range(0, len(held), 4)]
    if any((numbers < 0).any() for numbers in held):
        return _UNSEEN
    if all(numbers.size and np.ptp(numbers) < 4 for numbers in held):
        one, m = given.args[2] == 1, given.args[0].shape[1]
        found = (
            f"the batches of one of {m} examples are in the old order"
            if one
            else f"each batch of {m} examples holds neighbours only"
        )
        return f"{found}; expected a random permutation"
    return None


def _few(d):
    """Fewer examples than a batch, after a usual call (so that handing back X and Y earns nothing)."""
    size = d.integer(8, 12)
    m = 1 if d.case == "one example" else size - d.integer(1, 3)
    return [_examples(d, 3 * size + 1, size), _examples(d, m, size)]


def _usual_call(given):
    """The first of the two calls by itself."""
    return replace(given, args=given.steps[0].args, steps=given.steps[:1], replies=given.replies[:1])


def _everything_seen(given):
    return all((numbers >= 0).all() for numbers in _read(given.args, given.reply)[0])


def _asked_and_given(given):
    return given.args, given.reply


def _one_whole_batch(given):
    if _labels_problem(_usual_call(given), 0.5, "a label"):
        return Objection("a usual call has to give the examples with their own labels first", checked=False)
    m, size = given.args[0].shape[1], given.args[2]
    if len(given.reply) != 1:
        examples = f"{m} example{'s' * (m > 1)}"
        return Objection(f"{examples} in batches of {size} make one batch, found {len(given.reply)}", steps=(1,))
    problem = _examples_problem(given.args, given.reply, coarse=False)  # that has been said
    return problem and Objection.of(problem, steps=[1])


def _fit(relation):
    """A predicate for a mistake over what was asked and the numbers of the examples per batch."""

    def fits(given):
        return _everything_seen(given) and bool(relation(given.args, _read(given.args, given.reply)[0]))

    return fits


def _full_part_right(args, held):
    """Whether the full batches have the right size and different examples."""
    m, size = args[0].shape[1], args[2]
    full = [numbers for numbers in held[: m // size] if numbers.size == size]
    return len(full) == m // size and np.unique(full).size == m // size * size


def _everything_once(args, held):
    m = args[0].shape[1]
    return np.concatenate(held).size == m == np.unique(np.concatenate(held)).size


def _some_lost(args, held):
    """Whether examples are lost, and none is there twice; none of them need be there where they make one batch."""
    (_, m), size = args[0].shape, args[2]
    found = [number for numbers in held for number in numbers]
    return len(set(found)) == len(found) < m and (found or m <= size)


def _drawn_again(args, held):
    """Whether an order was drawn with replacement: of many batches some hold an example twice, which no slice does."""
    twice = any(np.unique(numbers).size < numbers.size for numbers in held)
    return _lengths(held) == _sizes(args) and not _everything_once(args, held) and (twice or len(held) < _SIZE // 2)


def _overlap(held):
    """Whether every full batch begins with an example of the batch before it."""
    full = [numbers for numbers in held if numbers.size == held[0].size]
    return len(full) > 1 and all(after[0] in before for before, after in pairwise(full))


def _alike(held):
    """Whether all full batches hold the same examples."""
    full = [numbers for numbers in held if numbers.size == held[0].size]
    return len(full) > 1 and all(np.array_equal(numbers, full[0]) for numbers in full)


def _rows_of_labels(fits):
    """Only where the labels of every batch have the right shape: then it is their order that is wrong."""

    def also(given):
        held, labels = _read(given.args, given.reply)
        return fits(given) and all(Y_t.shape == (1, n.size) for n, Y_t in zip(held, labels, strict=True))

    return also


def _left_over(args):
    return args[0].shape[1] % args[2] > 0


def _evenly(args):
    m, count = args[0].shape[1], len(_sizes(args))
    return [m // count + 1] * (m % count) + [m // count] * (count - m % count)


def _own_labels(given):
    """Per batch whether it holds the labels of its own examples."""
    held, labels = _read(given.args, given.reply)
    return [np.array_equal(Y_t, given.args[1][:, numbers]) for numbers, Y_t in zip(held, labels, strict=True)]


def _with_own_labels(fits):
    """Where labels are astray, that is the mistake: a permutation is there, and used for one of the two."""
    return lambda given: fits(given) and all(_own_labels(given))


def _whole_batches(args, held):
    """Whether the batches are those of the old order, and themselves in no order."""
    starts = np.array([numbers[0] for numbers in held])
    rising = all((np.diff(numbers) == 1).all() for numbers in held)
    return rising and (starts % args[2] == 0).all() and (np.diff(starts) < 0).sum() > (starts.size > _SIZE // 2)


def _in_parts(args, held):
    """Whether each half, third or quarter of the data holds its old examples, and those in no old order."""
    order = np.concatenate(held)
    if order.size != _PRIME:
        return False

    def stay(parts):
        return (parts * order // _PRIME == parts * np.arange(_PRIME) // _PRIME).mean()

    return any(stay(parts) > 0.97 and stay(2 * parts) < 0.65 for parts in (2, 3, 4))


def _other_labels(given):
    """Whether the labels themselves are other ones: then it is no order that is wrong."""
    held, labels = _read(given.args, given.reply)
    found = np.concatenate([Y_t.ravel() for Y_t in labels])
    return np.array_equal(found, 1 - given.args[1][0, np.concatenate(held)])


def _labels_of_the_batch(given):
    """Whether each batch has the labels of its own examples, in another order."""
    held, labels = _read(given.args, given.reply)
    own = (np.sort(given.args[1][0, numbers]) for numbers in held)
    return all(np.array_equal(np.sort(Y_t.ravel()), mine) for Y_t, mine in zip(labels, own, strict=True))


def _coarse(kinds):
    return lambda given: all(_is_coarse(X_t) and np.asarray(X_t).dtype.kind in kinds for X_t, _ in given.reply)


_LABELS_ASTRAY = _rows_of_labels(_fit(lambda args, held: _everything_once(args, held) and _lengths(held) == _sizes(args)))


def _permuted_features(given):
    """Whether the batches hold the numbers of each example, every time in one other order."""
    X, held = given.args[0], np.concatenate([X_t for X_t, _ in given.reply], axis=1)
    return sorted(map(tuple, np.sort(X, axis=0).T)) == sorted(map(tuple, np.sort(held, axis=0).T))


def _off_by(given):
    """By how many columns the labels lie beside those of their examples, 0 where it is by none or by no fixed number."""
    held, labels = _read(given.args, given.reply)
    own, found = given.args[1][0, np.concatenate(held)], np.concatenate([Y_t.ravel() for Y_t in labels])
    last = held[-1].size  # which may have its own
    alike = (found == np.roll(own, -by) for by in range(own.size))
    return next((by for by, same in enumerate(alike) if same[: own.size - last].mean() > 0.95), 0)


def _labels_astray(given):
    """Whether hardly a batch has the labels of its own examples, where no example is there twice; some may be lost."""
    if not _EACH_AT_MOST_ONCE(given) or len(given.reply) < 3:
        return False
    first, *others = _own_labels(given)
    beside = first or sum(others) > 1 or _off_by(given)  # of a small batch they may be the same by chance
    return not (beside or _other_labels(given) or _labels_of_the_batch(given))


_EACH_AT_MOST_ONCE = _rows_of_labels(_fit(lambda args, held: (np.bincount(np.concatenate(held)) < 2).all()))
_ONCE_FITS = {
    "features-permuted": lambda given: not _everything_seen(given) and _permuted_features(given),
    "counts-features": _fit(
        lambda args, held: (
            np.array_equal(np.sort(np.concatenate(held)), np.arange(args[0].shape[0]))
            and args[0].shape[0] < args[0].shape[1]
            and _lengths(held)[:-1] == [args[2]] * (len(held) - 1)
        )
    ),
    "single-precision-batches": _coarse("f"),
    "whole-number-batches": _coarse("biu"),
    "whole-set-again": _fit(lambda args, held: _lengths(held) == [*_sizes(args), args[0].shape[1]]),
    "labels-of-last-batch": lambda given: (
        _LABELS_ASTRAY(given) and len(given.reply) > 1 and all(_own_labels(given)[:-1]) and _left_over(given.args)
    ),
    "labels-turned": lambda given: _LABELS_ASTRAY(given) and _other_labels(given),
    "labels-shuffled-in-batch": lambda given: (
        _LABELS_ASTRAY(given) and not all(_own_labels(given)) and _labels_of_the_batch(given)
    ),
    "pairs-broken": lambda given: _LABELS_ASTRAY(given) and not all(_own_labels(given)),
    "missing-last-batch": _fit(
        lambda args, held: _left_over(args) and _full_part_right(args, held) and len(held) == len(_sizes(args)) - 1
    ),
    "wrong-last-batch": _fit(
        lambda args, held: (
            _left_over(args)
            and _full_part_right(args, held)
            and len(held) == len(_sizes(args))
            and not _everything_once(args, held)  # otherwise it is the labels that are wrong
        )
    ),
    # After the one above: by chance the full batches of a small case may be right.
    "repeated-examples": _fit(_drawn_again),
    "only-last-batch": _fit(lambda args, held: _lengths(held) == _sizes(args)[-1:] and len(_sizes(args)) > 1),
    "one-batch-only": _fit(lambda args, held: len(held) == 1 and _lengths(held) == _sizes(args)[:1]),
    "whole-set-for-batches": _fit(lambda args, held: len(held) == 1 < len(_sizes(args)) and _everything_once(args, held)),
    "one-example-per-batch": _fit(
        lambda args, held: _lengths(held) == [1] * args[0].shape[1] != _sizes(args) and _everything_once(args, held)
    ),
    # With every example once, it is the size of the batches alone that is wrong.
    "same-batch": _fit(lambda args, held: (len(held) == 1 or _alike(held)) and not _everything_once(args, held)),
    "overlapping-batches": _fit(
        lambda args, held: (len(held) == 1 or (_overlap(held) and not _alike(held))) and not _everything_once(args, held)
    ),
    "order-drawn-for-each-batch": _fit(
        lambda args, held: (
            _lengths(held) == _sizes(args)
            and not _everything_once(args, held)
            and all(np.unique(numbers).size == numbers.size for numbers in held)
        )
    ),
    "examples-lost": _fit(_some_lost),
}
_FEW_FITS = {  # of who is right where there are more examples
    "labels-astray-in-one-batch": lambda given: (
        _LABELS_ASTRAY(given)
        and not all(_own_labels(given))
        and not _other_labels(given)
        and not _most_labels_problem(_usual_call(given))
    ),
    "no-batch-of-few": lambda given: not given.reply and not _examples_problem(*_asked_and_given(_usual_call(given))),
}
_ORDER_FITS = {
    name: _with_own_labels(_fit(relation))
    for name, relation in {
        "not-shuffled": lambda args, held: (np.diff(np.concatenate(held)) == 1).all(),
        "moved-order": lambda args, held: set(np.diff(np.concatenate(held)) % _PRIME) in ({1}, {_PRIME - 1}),
        "only-batches-shuffled": _whole_batches,
        "shuffled-within-batches": lambda args, held: (
            all(np.ptp(numbers) < numbers.size for numbers in held) and np.unique(np.diff(held[0])).size > 1
        ),
        "shuffled-in-parts": _in_parts,
        "class-by-class": lambda args, held: np.count_nonzero(np.diff(args[1][0, np.concatenate(held)])) == 1,
    }.items()
} | {
    "ordered-by-values": lambda given: (
        (np.diff(_ranks(given)[np.concatenate(_read(given.args, given.reply)[0])]) == 1).all() and all(_own_labels(given))
    )
}
_SIZE_FITS = {
    "empty-last-batch": _fit(lambda args, held: _lengths(held) == [*_sizes(args), 0]),
    "even-batches": _fit(lambda args, held: _lengths(held) == _evenly(args) != _sizes(args)),
}


# -- momentum and Adam -------------------------------------------------------------------


_AVERAGES = {"v": (0,), "s": (1,)}
_ALONE = {
    "share": 0.2,
    "inputs": lambda d: (_network(d),),
    "classes": (  # with arrays of one shape among them
        CaseClass("general", count=1),
        CaseClass("five layers of three units", count=1, sizes={"L": 5, "width": 3}),
        CaseClass("one unit", count=1, sizes={"width": 1}),
    ),
}


def _both_with_all_keys(given):
    """No memory is shared, and both averages have as many keys, whatever these are called."""
    v, s = given.replies[0][:2]
    missing = next((name for name in v if name not in s), None)
    return f"s has no {missing!r}, which v has" if missing and len(s) < len(v) else _OF_TWO.judge(given)


_OF_TWO = no_shared_memory(
    items=_AVERAGES,
    fits={
        "shared-memory": lambda given: len({item for item, _ in shared_memory(given, _AVERAGES)}) == 2,
        "one-array-for-several": lambda given: shared_memory(given, _AVERAGES) is not None,
    },
    **_ALONE,
)


def _momentum(d):
    parameters = _network(d)
    beta = 0.0 if d.case == "no memory" else d.choice([0.9, 0.5, 0.75, 0.3, 0.99])
    v = _at_rest(d, parameters) if d.case == "first step" else _velocity(d, parameters)
    return parameters, _gradients(d, parameters), _by_name(d, v), beta, _rate(d)


def _with_velocity(d):
    args = _momentum(d)
    d.note(velocity=d.right("update_parameters_with_momentum", *args)[1])
    return [args]


def _velocity_is_gradient(d):
    parameters = _network(d)
    grads = d.like(parameters)
    beta, rate = d.choice([0.9, 0.6]), d.choice(_RATES)
    d.note(descended=d.right("update_parameters_with_gd", parameters, grads, rate))
    return [(parameters, _copy(grads), grads, beta, rate)]


def _stays(given):
    grads = given.args[1]
    moved, v = given.reply
    name = _differs(v, grads)
    if name:
        return f"a velocity that equals the gradient does not stay as it is: see {name}"
    name = _differs(moved, given.facts["descended"])
    return name and f"with a velocity that equals the gradient, {name} does not make a step of gradient descent"


def _against_its_average(given):
    """Whether every parameter moves against the new average of its gradient, where that is not 0."""
    parameters = given.args[0]
    moved, averages = given.reply[:2]
    for name, value in parameters.items():
        step, average = np.asarray(moved[name]) - value, np.asarray(averages[f"d{name}"])
        if np.any(step * average > 0) or (np.any(average) and not np.any(step)):
            return f"{name} does not move against the average of its gradient"
    return None


def _along_the_velocity(given):
    """Whether every parameter moves by the rate times the new velocity: the one that is returned, or the right one."""
    parameters, *_, rate = given.args
    moved, v = given.reply

    def differing(velocity):
        return _differs(moved, {name: value - rate * np.asarray(velocity[f"d{name}"]) for name, value in parameters.items()})

    name = differing(v)
    return (
        f"{name} does not move by the learning rate times its velocity"
        if name and differing(given.facts["velocity"])
        else None
    )


def _adam(d):
    """At the usual epsilon, where the averages of the squares are far above it (or nothing moves at all)."""
    parameters = _network(d)
    grads = _gradients(d, parameters)
    v, s = _velocity(d, parameters), d.like(parameters, positive=True)
    t = d.choice([2, 3, 5, 7, 12, 40])
    if d.case in ("first step", "at rest"):
        v, s = _at_rest(d, parameters), _at_rest(d, parameters)
        t = 1
    elif d.case == "late":
        t = d.choice([120, 400, 2000])
    betas = d.choice([0.9, 0.8, 0.5]), d.choice([0.999, 0.95, 0.99])
    if d.case == "late":  # where the correction is not over
        betas = betas[0], 0.999
    if d.case == "no memory":
        betas = d.choice([(0.0, betas[1]), (betas[0], 0.0)])
    return parameters, grads, _by_name(d, v), _by_name(d, s, backwards=True), t, _rate(d), *betas, 1e-8


def _adam_epsilon(d):
    """At an epsilon that shows, also where the averages of the squares vanish."""
    parameters, grads, v, s, t, rate, beta1, beta2, _ = _adam(d)
    if d.case == "vanishing":
        tiny = d.choice([0.0, 1e-6])
        grads, s = {k: tiny * g for k, g in grads.items()}, {k: tiny**2 * a for k, a in s.items()}
    return parameters, grads, v, s, t, rate, beta1, beta2, 1e-2


def _first_step(d):
    parameters = _network(d)
    grads = {name: value + np.sign(value) * 0.1 for name, value in d.like(parameters).items()}
    rest = (1, d.choice(_RATES), 0.9, d.choice([0.999, 0.9]), 1e-8)
    return [(parameters, grads, _at_rest(d, parameters), _at_rest(d, parameters), *rest)]


def _length_is_the_rate(given):
    parameters, grads, rate = given.args[0], given.args[1], given.args[5]
    for name, value in parameters.items():
        step = np.asarray(given.reply[0][name]) - value
        if not np.allclose(step, -rate * np.sign(grads["d" + name]), rtol=1e-4, atol=0):
            return f"the first step from averages of zero must have the length of the learning rate; it has not in {name}"
    return None


ASSIGNMENT = Assignment(
    name="optimization",
    title="Optimization methods",
    source="improving deep neural networks, second week",
    functions=(
        Function(
            "update_parameters_with_gd",
            points=10,
            inputs=_descent,
            returns="parameters",
            summary="one step of gradient descent",
            classes=_classes(
                zero_gradient={}, zeros_among_others={}, tiny_gradient={}, rate_of_0={}, steep={}, biases_of_0={}, **_DEPTHS
            ),
            properties=(
                Property("two steps make one of their summed length", share=0.1, plan=_two_steps, judge=_same_place),
            ),
        ),
        Function(
            "random_mini_batches",
            points=25,
            inputs=_batches,
            returns="mini_batches",
            parts=("X", "Y"),
            summary="shuffle the examples and cut them into batches",
            classes=(
                CaseClass("small", count=6),
                CaseClass("general", count=12),
                CaseClass("divides", count=4, share=0.2),
                CaseClass("whole", count=2),
                CaseClass("one by one", count=2),
                CaseClass("fewer than a batch", count=3),
                CaseClass("large batches", count=2),
            ),
            weights={"mini_batches": 1.0},
            random=frozenset({"mini_batches"}),
            loose_dtype=frozenset({"mini_batches"}),
            properties=(
                Property(
                    "labels stay with their examples",
                    share=0.24,
                    plan=lambda d: [_batches(d)],
                    judge=_foreign_labels_problem,
                    classes=(CaseClass("large", count=1),),
                    fits={
                        "off-by-one-column": lambda given: _EACH_AT_MOST_ONCE(given) and _off_by(given) == 1,
                        "pairs-broken": _labels_astray,
                    },
                ),
                Property(
                    "most examples are there once, with their own labels",
                    share=0.13,
                    plan=lambda d: [_batches(d)],
                    judge=_most_labels_problem,
                    classes=(CaseClass("large", count=1), CaseClass("divides", count=2)),
                ),
                Property(
                    "every example once, with its own label",
                    share=0.17,
                    plan=lambda d: [_batches(d)],
                    judge=_each_once,
                    classes=(
                        CaseClass("large", count=1),
                        CaseClass("general", count=3),
                        CaseClass("divides", count=2),
                        CaseClass("whole", count=1),
                    ),
                    fits=_ONCE_FITS,
                ),
                at_usual_sizes(
                    Property(
                        "shuffled",
                        share=0.25,
                        plan=lambda d: [_batches(d)],
                        judge=_not_shuffled,
                        classes=(CaseClass("large", count=2),),
                        fits=_ORDER_FITS,
                    ),
                    inputs=_usual,
                    judge=_usual_order,
                ),
                Property(
                    "only the last batch is smaller, none is empty",
                    share=0.05,
                    plan=lambda d: [_batches(d)],
                    judge=_only_the_last_smaller,
                    classes=(
                        CaseClass("general", count=3),
                        CaseClass("divides", count=2),
                        CaseClass("whole", count=1),
                        CaseClass("one by one", count=1),
                        CaseClass("large batches", count=1),
                    ),
                    fits=_SIZE_FITS,
                ),
                Property(
                    "fewer examples than a batch",
                    share=0.06,
                    plan=_few,
                    judge=_one_whole_batch,
                    classes=(CaseClass("general", count=3), CaseClass("one example", count=1)),
                    fits=_FEW_FITS,
                ),
            ),
        ),
        Function(
            "initialize_velocity",
            points=8,
            inputs=lambda d: (_network(d),),
            returns="v",
            summary="a zero for every gradient",
            classes=_classes(**_DEPTHS),
            properties=(no_shared_memory(items={"v": ()}, **_ALONE),),
        ),
        Function(
            "update_parameters_with_momentum",
            points=17,
            inputs=_momentum,
            returns=("parameters", "v"),
            weights={"parameters": 1.5},
            summary="one step of gradient descent with momentum",
            classes=(
                *_classes(
                    named=("zero_gradient", "no_memory"),
                    zero_gradient={},
                    tiny_gradient={},
                    rate_of_0={},
                    steep={},
                    no_memory={},
                    **_DEPTHS,
                ),
                CaseClass("first step", count=3, share=0.3),  # in an exercise every run begins with it
            ),
            properties=(
                Property("a velocity equal to the gradient stays", share=0.1, plan=_velocity_is_gradient, judge=_stays),
                Property(
                    "the parameters move by the velocity",
                    share=0.25,
                    plan=_with_velocity,
                    judge=_along_the_velocity,
                ),
            ),
        ),
        Function(
            "initialize_adam",
            points=10,
            inputs=lambda d: (_network(d),),
            returns=("v", "s"),
            summary="two zeros for every gradient",
            classes=_classes(**_DEPTHS),
            properties=(replace(_OF_TWO, judge=_both_with_all_keys),),
        ),
        Function(
            "update_parameters_with_adam",
            points=30,
            inputs=_adam,
            returns=("parameters", "v", "s", "v_corrected", "s_corrected"),
            summary="one step of Adam",
            classes=(
                *_classes(
                    named=("zero_gradient",),
                    first_step={},
                    no_memory={},
                    zero_gradient={},
                    tiny_gradient={},
                    rate_of_0={},
                    steep={},
                    at_rest={},
                    **_DEPTHS,
                ),
                CaseClass("late", count=3, share=0.05),
            ),
            alternatives=(
                "epsilon_inside_root",
                "five_items",
                "five_items_epsilon_inside_root",
                "epsilon_before_correction",
            ),
            weights={"parameters": 2.0},
            sets=(
                CaseSet(
                    "epsilon",
                    share=0.05,
                    inputs=_adam_epsilon,
                    classes=(
                        CaseClass("small", count=3, sizes={"L": 1, "width": (2, 3)}),
                        CaseClass("general", count=3),
                        CaseClass("vanishing", count=3),
                    ),
                    alternatives=("five_items",),
                ),
            ),
            properties=(
                Property(
                    "the first step has the length of the rate", share=0.1, plan=_first_step, judge=_length_is_the_rate
                ),
                Property(
                    "the parameters move against the average",
                    share=0.15,
                    plan=lambda d: [_adam(d)],
                    judge=_against_its_average,
                ),
            ),
        ),
    ),
)
