"""The random words and the alias method of the core, in NumPy, from their papers."""

import numpy as np

ROTATIONS = [(10, 26), (11, 21), (13, 27), (23, 5), (6, 20), (17, 11), (25, 10), (18, 20)]
PARITY = 0x1BD11BDA


def threefry(counter, key, n_rounds=13):
    """Threefry-4x32 of Salmon et al., SC'11; counter and key have four words in the first dimension."""
    x = np.array(np.broadcast_arrays(*counter), dtype=np.uint32)
    key = [np.uint32(word) for word in key]
    key.append(np.uint32(PARITY) ^ key[0] ^ key[1] ^ key[2] ^ key[3])

    def inject(number):
        for i in range(4):
            x[i] += key[(number + i) % 5]
        x[3] += np.uint32(number)

    def rotate(words, bits):
        return (words << np.uint32(bits)) | (words >> np.uint32(32 - bits))

    with np.errstate(over="ignore"):
        inject(0)
        for r in range(n_rounds):
            b, d = (1, 3) if r % 2 == 0 else (3, 1)
            x[0] += x[b]
            x[b] = rotate(x[b], ROTATIONS[r % 8][0]) ^ x[0]
            x[2] += x[d]
            x[d] = rotate(x[d], ROTATIONS[r % 8][1]) ^ x[2]
            if r % 4 == 3:
                inject((r + 1) // 4)
    return x


def weights_of(mass):
    """Masses as whole numbers that sum to 2**32: differences of their rounded sums."""
    up_to_here = np.cumsum(mass)
    return np.diff(np.floor(up_to_here / up_to_here[-1] * 2**32 + 0.5).astype(np.int64), prepend=0).tolist()


def alias_table(weights, slot_bits):
    """Own share and alias of each slot: Walker's method, slots taken from the end."""
    capacity = 2 ** (32 - slot_bits)
    left = weights + [0] * (2**slot_bits - len(weights))
    share, alias = [capacity] * len(left), list(range(len(left)))
    small = [s for s, w in enumerate(left) if w < capacity]
    large = [s for s, w in enumerate(left) if w >= capacity]
    while small:
        slot, other = small.pop(), large[-1]
        share[slot], alias[slot] = left[slot], other
        left[other] -= capacity - left[slot]
        if left[other] < capacity:
            small.append(large.pop())
    return np.array(share, np.uint64), np.array(alias)


def outcomes(words, share, alias):
    """Return the outcome of each random word."""
    slot = words % len(share)
    return np.where(words // len(share) < share[slot], slot, alias[slot])
