"""Keys and signatures at the edges of edwards25519 (RFC 8032 section 5.1), where verifiers differ."""

import hashlib
from functools import cache
from itertools import product

from nacl.bindings import crypto_scalarmult_ed25519_base_noclamp

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]
IDENTITY: Point = (0, 1)


def odd_key(scalar: int, turns: int) -> bytes:
    """``scalar`` times the base point, plus ``turns`` times a point of order 8: a sound key where ``turns`` is 0."""
    return _encode(_add(_base_times(scalar % ORDER), _torsion()[turns % 8]))


def odd_signature(scalar: int, turns: int, message: bytes, *, nonce: int) -> bytes:
    """A signature by ``odd_key(scalar, turns)`` that satisfies the equation of RFC 8032 wherever one can be made.

    With scalar 0 nobody needs a private key for it; with nonce 0 its first half is of small order.
    """
    key = odd_key(scalar, turns)
    for attempt, first_turns in product(range(50 if nonce else 1), range(8)):
        first = odd_key(nonce + attempt, first_turns)
        challenge = int.from_bytes(hashlib.sha512(first + key + message).digest(), "little") % ORDER
        if (challenge * turns + first_turns) % 8 == 0:
            break
    return first + ((nonce + attempt + challenge * scalar) % ORDER).to_bytes(32, "little")


def _add(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    k = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P


def _base_times(scalar: int) -> Point:
    if scalar == 0:
        return IDENTITY
    point = _decode(crypto_scalarmult_ed25519_base_noclamp(scalar.to_bytes(32, "little")))
    assert point is not None
    return point


@cache
def _torsion() -> tuple[Point, ...]:
    """The multiples 0 to 7 of a point of order 8."""
    for y in range(2, 100):
        point = _decode(y.to_bytes(32, "little"))
        if point is not None:
            odd = _times(ORDER, point)
            multiples = tuple(_times(turns, odd) for turns in range(8))
            if multiples[4] != IDENTITY:
                return multiples
    raise AssertionError("there are points of order 8")


def _times(factor: int, point: Point) -> Point:
    total = IDENTITY
    while factor:
        if factor & 1:
            total = _add(total, point)
        point, factor = _add(point, point), factor >> 1
    return total


def _decode(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, (number & ((1 << 255) - 1)) % P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        return None
    return (P - x if x & 1 != sign else x, y)


def _encode(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")
