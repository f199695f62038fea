"""Learning rates that shrink while training goes on.

Source: 004, "learning rate decay".
"""


def update_lr(learning_rate0: float, epoch_num: int, decay_rate: float) -> float:
    """Decay the learning rate a little with every epoch.

    ``learning_rate = learning_rate0 / (1 + decay_rate * epoch_num)``

    Parameters
    ----------
    learning_rate0 : float
        The rate at epoch 0.
    epoch_num : int
        The epoch, counted from 0.
    decay_rate : float
        How fast the rate falls; 0 keeps it.

    Returns
    -------
    learning_rate : float

    Notes
    -----
    Source: 004, "learning rate decay".

    Examples
    --------
    >>> update_lr(0.5, 2, 1.5)
    0.125
    """
    # BEGIN SOLUTION
    learning_rate = learning_rate0 / (1 + decay_rate * epoch_num)
    # END SOLUTION
    return learning_rate


def schedule_lr_decay(learning_rate0: float, epoch_num: int, decay_rate: float, time_interval: int = 1000) -> float:
    """Decay the learning rate in stairs: it stays the same for `time_interval` epochs.

    ``learning_rate = learning_rate0 / (1 + decay_rate * floor(epoch_num / time_interval))``

    Parameters
    ----------
    learning_rate0 : float
        The rate in the first interval.
    epoch_num : int
        The epoch, counted from 0.
    decay_rate : float
        How far the rate falls from stair to stair; 0 keeps it.
    time_interval : int
        Epochs in a stair.

    Returns
    -------
    learning_rate : float

    Notes
    -----
    Source: 004, "learning rate decay", with the intervals of the exercise's later edition.

    Examples
    --------
    >>> [schedule_lr_decay(0.5, epoch, 1, time_interval=10) for epoch in (0, 9, 10, 19, 30)]
    [0.5, 0.5, 0.25, 0.25, 0.125]
    """
    # BEGIN SOLUTION
    learning_rate = learning_rate0 / (1 + decay_rate * (epoch_num // time_interval))
    # END SOLUTION
    return learning_rate
