"""What is no mistake, and what costs more or less than its severity says, with the reasons; see ``grader audit``."""

from grader.audit.losses import EITHER, SEVERAL, UNLIKE

# What a mistake may cost otherwise than its severity says.

LOSSES = {
    ("update_lr", "exponential-decay"): SEVERAL,
    ("update_lr", "epoch-ignored"): SEVERAL,
    ("schedule_lr_decay", "exponential-decay"): EITHER,
    ("schedule_lr_decay", "interval-literal"): UNLIKE,
    ("schedule_lr_decay", "interval-counts-at-multiples"): SEVERAL,
    ("schedule_lr_decay", "starts-one-epoch-early"): EITHER,
    ("schedule_lr_decay", "starts-one-epoch-late"): EITHER,
    ("schedule_lr_decay", "remainder-for-quotient"): SEVERAL,
}
