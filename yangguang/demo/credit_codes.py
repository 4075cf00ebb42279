"""Unified social credit codes that can never be real: the outer check character is right, the inner one wrong.

51440100MJD0001031   "demo code": GB 32100 check passes, the organisation code inside breaks GB 11714
"""

from stdnum.cn import uscc

INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
REGION = "440100"


def demo_code(registry: str, number: int) -> str:
    """The 18 characters of demonstration code ``number``; ``registry`` is the two leading characters, such as 51."""
    body = f"MJD{number:05d}"
    wrong = "0123456789X"[(_inner_check(body) + 1) % 10]
    stem = f"{registry}{REGION}{body}{wrong}"
    return f"{stem}{uscc.calc_check_digit(stem)}"


def is_demo_code(code: str) -> bool:
    """Whether the outer check character is right and the inner one wrong."""
    inner = "0123456789X"[_inner_check(code[8:16])]
    return bool(uscc.is_valid(code)) and code[16] != inner


def _inner_check(body: str) -> int:
    total = sum(int(character, 36) * weight for character, weight in zip(body, INNER_WEIGHTS, strict=True))
    return (11 - total % 11) % 11
