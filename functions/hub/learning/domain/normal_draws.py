"""Standard normal draws, the same to the last bit on every machine.

An arm's draw depends only on the seed and on its own name, so the other arms and their order do not
matter. The digests of both are combined by xor, then mixed by multiplying and folding (as
MurmurHash3 ends). The number of ones among 96 bits of the result is binomial; the other 32 bits
spread that count evenly over its unit. So wide a binomial is normal to three digits. The method
avoids logarithm and cosine because their last bit differs between machines.
"""

from functools import lru_cache
from hashlib import blake2b
from math import sqrt

from hub.learning.domain.decaying_counters import Arm

_MASK = 2**128 - 1
_FIRST = 0xD6E8FEB86659FD93C2B2AE3D27D4EB4F
_SECOND = 0x9E3779B97F4A7C15BF58476D1CE4E5B9
_REST = 2**32 - 1
_UNIT = 2.0**-32
_MIDDLE = 48.5
_SCALE = 1 / sqrt(96 / 4 + 1 / 12)


def hash_seed(seed: str) -> int:
    """Hashes the seed of one decision's draws, to 128 bits."""
    return int.from_bytes(blake2b(seed.encode(), digest_size=16).digest())


@lru_cache(4096)
def _hash_arm(arm: Arm) -> int:
    return hash_seed(f"{arm.offer}\0{arm.channel}")


def draw_deviations(seed: int, arm: Arm) -> float:
    """Draws an arm: the number of standard deviations from the mean, between -10 and 10."""
    bits = (seed ^ _hash_arm(arm)) * _FIRST & _MASK
    bits = (bits ^ bits >> 64) * _SECOND & _MASK
    bits ^= bits >> 64
    return ((bits >> 32).bit_count() + (bits & _REST) * _UNIT - _MIDDLE) * _SCALE
