"""What the calls of a check do between two calls of a submission: runs beside it, holds no answer."""


def normalized(*batches):
    """What the submission's own forward pass makes of some batches, one after the other; None where it gives nothing."""
    try:
        return [submitted("batch_norm_forward")(*batch)[0] for batch in batches]
    except Exception:
        return None
