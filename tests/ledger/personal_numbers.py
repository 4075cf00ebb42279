"""Numbers of nobody that have the right form, made by the published formulas and not by the detectors' library."""

from datetime import date
from itertools import pairwise

from hypothesis import strategies as st

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
FULL_WIDTH = str.maketrans("0123456789X@.-", "０１２３４５６７８９Ｘ＠．－")
SEPARATORS = (" ", "-", ".", "　", "－", "．", "–", "·", "\u00a0")
ISSUERS = (("622202", 19), ("621700", 19), ("955880", 19), ("436742", 19), ("625965", 16), ("356833", 16))


def digits(length: int) -> st.SearchStrategy[str]:
    """A text of that many digits."""
    return st.text("0123456789", min_size=length, max_size=length)


def identity(stem: str) -> str:
    """Eighteen characters, the last the check character of GB 11643-1999."""
    total = sum(int(digit) * weight for digit, weight in zip(stem, WEIGHTS, strict=True))
    return stem + "10X98765432"[total % 11]


def card(stem: str) -> str:
    """The digits and their Luhn check digit."""
    total = 0
    for place, digit in enumerate(reversed(stem)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return stem + str(-total % 10)


IDENTITIES = st.builds(
    lambda place, day, sequence: identity(f"{place}{day:%Y%m%d}{sequence}"),
    st.sampled_from(["440102", "441826", "110101", "513225", "650104"]),
    st.dates(min_value=date(1920, 1, 1), max_value=date(2026, 3, 1)),
    digits(3),
)
MOBILES = st.builds(lambda start, rest: start + rest, st.sampled_from(["138", "159", "170", "188", "199"]), digits(8))
CARDS = st.sampled_from(ISSUERS).flatmap(
    lambda issuer: digits(issuer[1] - len(issuer[0]) - 1).map(lambda rest: card(issuer[0] + rest))
)
EMAILS = st.builds(
    lambda name, host: f"{name}@{host}",
    st.text("abcxyz0189._-", min_size=1, max_size=12),
    st.sampled_from(["example.org", "mail.example.com.cn", "a-b.example"]),
)


@st.composite
def written(draw: st.DrawFn, numbers: st.SearchStrategy[str]) -> str:
    """A number in one piece, digit by digit, or in groups of 4 to 6; half-width or full-width."""
    number, separator = draw(numbers), draw(st.sampled_from(SEPARATORS))
    way = draw(st.sampled_from(["whole", "one by one", "groups"]))
    if way == "one by one":
        number = separator.join(number)
    elif way == "groups":
        sizes = draw(st.lists(st.integers(4, 6), min_size=6, max_size=6))
        starts = [sum(sizes[:place]) for place in range(len(sizes) + 1)]
        groups = [number[start:end] for start, end in pairwise(starts)]
        number = separator.join(group for group in groups if group)
    return number.translate(FULL_WIDTH) if draw(st.booleans()) else number


NUMBERS = st.one_of(written(IDENTITIES), written(MOBILES), written(CARDS), EMAILS)
