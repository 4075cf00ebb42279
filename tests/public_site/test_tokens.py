"""The look's measurable promises: contrast, distinct plan colours, size, nothing fetched from outside."""

import gzip
import itertools
import math
import re
from pathlib import Path

import pytest

SITE = Path(__file__).parents[2] / "public_site"
SHEET = (SITE / "static" / "site.css").read_text(encoding="utf-8")
TEMPLATES = sorted((SITE / "templates").rglob("*.html"))

Triple = tuple[float, float, float]
LIGHT_ONLY = re.compile(r"^:root\{(.*?)\}", re.DOTALL | re.MULTILINE)
DARK_ONLY = re.compile(r"@media \(prefers-color-scheme:dark\)\{:root\{(.*?)\}\}", re.DOTALL)


def tokens(pattern: re.Pattern[str]) -> dict[str, str]:
    block = pattern.search(SHEET)
    assert block, "site.css has no such :root block"
    return dict(re.findall(r"--([a-z0-9-]+):(#[0-9a-f]{6})", block[1]))


LIGHT = tokens(LIGHT_ONLY)
SCHEMES = {"light": LIGHT, "dark": LIGHT | tokens(DARK_ONLY)}
PLANS = ("c0", "c1", "c2", "c3", "c4")
TEXT = ("ink", "ink-2", "link", "visited", "red", "green", "amber")
MARKS = ("edge", "here", "c1", "c2", "c3", "c4")
# The published c2 is 2.99 on light --proof, 3.0 only when rounded; plan bars are drawn on paper, never on the tint.
PAPER_ONLY = {("light", "proof"): ("c2",)}
# scheme, mark, surface, published ratio: every number of the design's table.
PUBLISHED = [
    *[
        ("light", name, surface, ratio)
        for name, pair in {
            "ink": (15.6, 14.3),
            "ink-2": (7.3, 6.7),
            "link": (7.5, 6.9),
            "visited": (8.3, 7.6),
            "red": (6.5, 6.0),
            "green": (6.5, 5.9),
            "amber": (6.8, 6.2),
            "edge": (3.5, 3.2),
            "c1": (9.1, 8.3),
            "c2": (3.3, 3.0),
            "c3": (5.0, 4.6),
            "c4": (10.9, 9.9),
        }.items()
        for surface, ratio in zip(("paper", "proof"), pair, strict=True)
    ],
    *[
        ("dark", name, surface, ratio)
        for name, pair in {
            "ink": (15.0, 13.5),
            "ink-2": (8.7, 7.8),
            "link": (9.2, 8.3),
            "visited": (9.1, 8.2),
            "red": (9.0, 8.1),
            "green": (9.8, 8.8),
            "amber": (10.7, 9.6),
            "edge": (5.0, 4.5),
            "c1": (6.4, 5.8),
            "c2": (10.5, 9.5),
            "c3": (12.0, 10.8),
            "c4": (3.8, 3.4),
        }.items()
        for surface, ratio in zip(("paper", "proof"), pair, strict=True)
    ],
    ("light", "rule", "paper", 1.4),
    ("dark", "rule", "paper", 1.6),
    ("light", "on-band", "band", 10.5),
    ("dark", "on-band", "band", 13.4),
    ("dark", "on-band", "button", 8.1),
    ("light", "here", "paper", 10.5),
    ("dark", "here", "paper", 9.2),
    ("light", "on-demo", "demo", 13.7),
    ("dark", "on-demo", "demo", 10.5),
    ("light", "sun", "band", 6.4),
    ("dark", "sun", "band", 8.2),
    ("light", "c0", "paper", 3.1),
    ("dark", "c0", "paper", 3.6),
    ("light", "focus", "paper", 1.6),
]


def linear(colour: str) -> Triple:
    """Linear-light sRGB of #rrggbb, each channel 0 to 1 (WCAG 2.2, relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio, 1 to 21."""
    lights = sorted(sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(x), strict=True)) for x in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


# Machado, Oliveira and Fernandes 2009, table 1, severity 1.0; they act on linear-light sRGB.
SIGHT = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
D65 = (0.95047, 1.0, 1.08883)


def times(matrix: tuple[Triple, Triple, Triple], vector: Triple) -> Triple:
    x, y, z = (sum(m * v for m, v in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z


def lab(colour: str, sight: str) -> Triple:
    """CIELAB (D65) of #rrggbb as seen with the given sight."""
    seen = times(SIGHT[sight], linear(colour))
    clipped = (min(1.0, max(0.0, seen[0])), min(1.0, max(0.0, seen[1])), min(1.0, max(0.0, seen[2])))
    ratios = [v / white for v, white in zip(times(TO_XYZ, clipped), D65, strict=True)]
    fx, fy, fz = (r ** (1 / 3) if r > 216 / 24389 else (24389 / 27 * r + 16) / 116 for r in ratios)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def hue(a: float, b: float) -> float:
    return math.degrees(math.atan2(b, a)) % 360


def mean_hue(h1: float, h2: float) -> float:
    if abs(h1 - h2) <= 180:
        return (h1 + h2) / 2
    return (h1 + h2 + (360 if h1 + h2 < 360 else -360)) / 2


def rotation(chroma: float, h: float) -> float:
    """The R_T term of CIEDE2000."""
    weight = 2 * math.sqrt(chroma**7 / (chroma**7 + 25**7))
    return -weight * math.sin(math.radians(60 * math.exp(-(((h - 275) / 25) ** 2))))


def tilt(h: float) -> float:
    """The T term of CIEDE2000."""
    return (
        1
        - 0.17 * math.cos(math.radians(h - 30))
        + 0.24 * math.cos(math.radians(2 * h))
        + 0.32 * math.cos(math.radians(3 * h + 6))
        - 0.20 * math.cos(math.radians(4 * h - 63))
    )


def ciede2000(one: Triple, other: Triple) -> float:
    """Colour difference of two CIELAB colours (Sharma, Wu and Dalal 2005, k_L = k_C = k_H = 1)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    chroma = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * math.sqrt(chroma**7 / (chroma**7 + 25**7))
    c1, c2 = math.hypot(a1 * stretch, b1), math.hypot(a2 * stretch, b2)
    h1, h2 = hue(a1 * stretch, b1), hue(a2 * stretch, b2)
    turn = (h2 - h1 + 180) % 360 - 180
    light, mean, h = (l1 + l2) / 2 - 50, (c1 + c2) / 2, mean_hue(h1, h2)
    dl = (l2 - l1) / (1 + 0.015 * light**2 / math.sqrt(20 + light**2))
    dc = (c2 - c1) / (1 + 0.045 * mean)
    dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / (1 + 0.015 * mean * tilt(h))
    return math.sqrt(dl**2 + dc**2 + dh**2 + rotation(mean, h) * dc * dh)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_colour_difference_gives_the_published_values(one: Triple, other: Triple, distance: float) -> None:
    assert ciede2000(one, other) == pytest.approx(distance, abs=1e-4)


@pytest.mark.parametrize(("scheme", "mark", "surface", "ratio"), PUBLISHED)
def test_contrast_is_what_the_design_publishes(scheme: str, mark: str, surface: str, ratio: float) -> None:
    assert contrast(SCHEMES[scheme][mark], SCHEMES[scheme][surface]) == pytest.approx(ratio, abs=0.1)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("surface", ["paper", "proof"])
def test_every_text_colour_is_readable_on_both_surfaces(scheme: str, surface: str) -> None:
    colours = SCHEMES[scheme]
    assert min(contrast(colours[name], colours[surface]) for name in TEXT) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("surface", ["paper", "proof"])
def test_every_mark_and_edge_is_visible_on_both_surfaces(scheme: str, surface: str) -> None:
    colours, shown = SCHEMES[scheme], set(MARKS) - set(PAPER_ONLY.get((scheme, surface), ()))
    assert min(contrast(colours[name], colours[surface]) for name in shown) >= 3.0


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("sight", SIGHT)
def test_plan_colours_stay_apart_for_every_kind_of_sight(scheme: str, sight: str) -> None:
    seen = [lab(SCHEMES[scheme][name], sight) for name in PLANS]
    assert min(ciede2000(a, b) for a, b in itertools.combinations(seen, 2)) >= 11


def test_stylesheet_keeps_its_size_budget() -> None:
    raw = SHEET.encode()
    assert len(raw) <= 28_000
    assert len(gzip.compress(raw)) <= 8_000


def test_stylesheet_fetches_nothing_and_moves_nothing() -> None:
    assert not re.findall(r"url\(|@import|@font-face|animation|transition|gradient|text-shadow", SHEET)
    assert not re.findall(r"italic|font-weight:(?!400|600)", SHEET)


def test_stylesheet_uses_no_colour_outside_the_tokens() -> None:
    rules = DARK_ONLY.sub("", LIGHT_ONLY.sub("", SHEET, count=1))
    rules = rules[: rules.index("@media print")]
    assert set(re.findall(r"#[0-9a-f]{3,8}\b(?![^{]*\{)", rules)) <= {"#fff"}, "only the QR's quiet zone is fixed white"


CHECKING = {"verify.html", "entry.html"}
MODULE = '<script type="module" src="{{ script }}"></script>'


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda path: str(path.relative_to(SITE)))
def test_template_has_no_inline_style_script_or_outside_address(page: Path) -> None:
    text = page.read_text(encoding="utf-8").lower()
    if page.name in CHECKING:
        assert text.count(MODULE) == 1
        text = text.replace(MODULE, "")
    # What is printed at home and never served stands alone, so its one style sheet is inside it.
    text = text.replace("<style>", "", page.parent.name == "slips")
    assert not re.findall(r"\sstyle\s*=|<style|<script|\son[a-z]+=\"|https?:|href=\"//|src=\"//", text)
    assert "|safe" not in text.replace(" ", "")


def test_mark_is_a_small_drawing_of_our_own() -> None:
    mark = (SITE / "static" / "mark.svg").read_text(encoding="utf-8")
    assert "<path" in mark
    assert "#f6c445" in mark
    assert not re.findall(r"<style|<script|<image|href|style=", mark)
    assert len(mark) < 1_500
