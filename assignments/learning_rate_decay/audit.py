"""What is no mistake, and what costs more or less than its severity says, with the reasons; see ``grader audit``."""

# What a mistake may cost otherwise than its severity says.
_EITHER = "it is as well a mistake of the neighbouring severity: teachers differ"
_UNLIKE = "nothing of its numbers goes with the right ones, so that it cannot be told from a guess"
_SEVERAL = "which of two mistakes leaves more right depends on the inputs"

LOSSES = {
    ("update_lr", "exponential-decay"): _SEVERAL,
    ("update_lr", "epoch-ignored"): _SEVERAL,
    ("schedule_lr_decay", "exponential-decay"): _EITHER,
    ("schedule_lr_decay", "interval-literal"): _UNLIKE,
    ("schedule_lr_decay", "starts-one-epoch-early"): _EITHER,
    ("schedule_lr_decay", "remainder-for-quotient"): _SEVERAL,
}
