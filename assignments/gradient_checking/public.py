"""What the hidden calls plant in place of a helper: runs beside the submission, holds no answer."""


def derivative(of_x, of_theta, constant):
    """Make a ``backward_propagation`` that claims something of its own.

    Gives: {of_x} * x + {of_theta} * theta + {constant}
    """

    def backward_propagation(x, theta):
        return of_x * x + of_theta * theta + constant

    return backward_propagation


def output(factor):
    """Make a ``forward_propagation`` that is ``factor`` times as steep as the one of the exercise.

    Gives: {factor} * theta * x
    """

    def forward_propagation(x, theta):
        return factor * theta * x

    return forward_propagation
