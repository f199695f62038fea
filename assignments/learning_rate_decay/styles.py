"""Right solutions of learning rate decay in other styles; each of them gets full marks."""

import math

import numpy as np


def lr_published(learning_rate0, epoch_num, decay_rate):
    return 1 / (1 + decay_rate * epoch_num) * learning_rate0


def lr_divided(learning_rate0, epoch_num, decay_rate):
    return np.divide(learning_rate0, np.add(1, np.multiply(decay_rate, epoch_num)))


def lr_power(learning_rate0, epoch_num, decay_rate):
    return np.array(learning_rate0 * (1.0 + epoch_num * decay_rate) ** -1)


def stairs_floor(learning_rate0, epoch_num, decay_rate, time_interval):
    return 1 / (1 + decay_rate * np.floor(epoch_num / time_interval)) * learning_rate0


def stairs_math(learning_rate0, epoch_num, decay_rate, time_interval):
    return learning_rate0 / (1 + decay_rate * math.floor(epoch_num / time_interval))


def stairs_int(learning_rate0, epoch_num, decay_rate, time_interval):
    return np.float64(learning_rate0) / (1 + int(epoch_num / time_interval) * decay_rate)


def stairs_remainder(learning_rate0, epoch_num, decay_rate, time_interval):
    passed = (epoch_num - epoch_num % time_interval) / time_interval
    return np.divide(1, 1 + decay_rate * passed) * learning_rate0


def stairs_counted(learning_rate0, epoch_num, decay_rate, time_interval):
    denominator = 1.0
    while epoch_num >= time_interval:
        epoch_num -= time_interval
        denominator += decay_rate
    return learning_rate0 / denominator


STYLES = {
    "update_lr": [lr_published, lr_divided, lr_power],
    "schedule_lr_decay": [stairs_floor, stairs_math, stairs_int, stairs_remainder, stairs_counted],
}
