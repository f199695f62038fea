"""The state of the global random generators before each call."""

from __future__ import annotations

import ctypes
import random
from typing import Any

__all__ = ["Seeder"]


class Seeder:
    """Puts the global random generators into a state of its own for each case before each call.

    The same case always meets the same numbers, and different cases different ones: what is right with
    probability one half is not right for all of them. Seeding the Mersenne Twister costs as much as a
    small call, and most calls draw nothing: its state in memory tells whether to forget a kept second
    Gaussian, and a case starts a few numbers further along the stream.
    """

    SEED = 20_170_808
    STARTS = 300  # of two words each, which make one float64; the state holds 624 words

    def __init__(self, np: Any, framework: Any = None) -> None:
        self.framework = framework
        self.seed = np.random.seed
        self.seed(self.SEED)
        np.random.random_sample()  # so that the words in the state are those that are handed out
        address = np.random.mtrand._rand._bit_generator.ctypes.state_address
        self.state = (ctypes.c_char * (625 * 4)).from_address(address)
        self.position = ctypes.c_int.from_address(address + 624 * 4)
        self.fresh = self.left = self.state.raw
        self.entropy = random.Random()
        self.turn = 0
        self.drawn = False
        np.random.bit_generator.randbits = self.randbits

    def randbits(self, bits: int) -> int:
        """Entropy of a generator that was made without a seed."""
        if not self.drawn:
            self.entropy.seed(self.SEED + self.turn)
            self.drawn = True
        return self.entropy.getrandbits(bits)

    def reset(self, turn: int, also_random: bool) -> None:
        """The state of the case with this number."""
        if self.state.raw != self.left:
            self.seed(self.SEED)
            self.state.raw = self.fresh
        self.position.value = 2 * (turn % self.STARTS)
        self.left = self.state.raw
        self.turn, self.drawn = turn, False
        if also_random:
            random.seed(self.SEED + turn)
        if self.framework is not None:
            self.framework.seed(self.SEED + turn)
