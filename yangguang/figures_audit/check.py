"""``yangguang audit --figures``: what was signed of figures, and what a site shows of them, both recomputed.

    report = check_figures(source, site=site_of("https://ledger.example"))

{"verdict":"different","size":2634,
 "signed":[{"index":332,"question":"how_much","at_size":332,"figures_schema":1,"verdict":"same",
            "signed":"9f3c…","recomputed":"9f3c…"},…],
 "pages":[{"page":"how-much","verdict":"different","size":2634,"compared":412,"trouble":null,
           "differences":[{"place":"收支是否相符 › 收到","page":"2,569,711.51","entries":"2,569,711.50"}]},…]}
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ledger.audit.source import Source
from ledger.domain.disclosure import QUESTIONS
from projections.disclosed.claims import Claim, claims
from projections.disclosed.figures import SCHEMAS, unknown_schema
from projections.disclosed.past import Past
from yangguang.figures_audit.compare import PageResult, ReadPage, compare_pages
from yangguang.figures_audit.entries import PublishedEntries

PLACES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class SignedResult:
    """A digest that was signed, and the one recomputed; None where its schema is not known here."""

    claim: Claim
    recomputed: str | None

    @property
    def verdict(self) -> str:
        """same, different or newer."""
        if self.recomputed is None:
            return "newer"
        return "same" if self.recomputed == self.claim.digest else "different"

    @property
    def is_finding(self) -> bool:
        """A false digest that was voided since is no longer claimed."""
        return self.verdict == "different" and self.claim.stands

    def to_json(self) -> dict[str, Any]:
        """As fields."""
        return {
            "index": self.claim.index,
            "question": self.claim.question,
            "at_size": self.claim.at_size,
            "figures_schema": self.claim.schema,
            "verdict": self.verdict,
            "voided": not self.claim.stands,
            "signed": self.claim.digest,
            "recomputed": self.recomputed,
        }


@dataclass(frozen=True, slots=True)
class FiguresReport:
    """``size`` is how many entries the source has. ``pages`` is empty where there was no site to compare with."""

    size: int
    signed: tuple[SignedResult, ...]
    pages: tuple[PageResult, ...]

    @property
    def exit_code(self) -> int:
        """0 where everything that could be recomputed is the same, else 1. An unknown schema is no finding."""
        wrong = any(each.is_finding for each in self.signed) or any(each.verdict != "same" for each in self.pages)
        return 1 if wrong else 0

    def to_json(self) -> dict[str, Any]:
        """As fields."""
        return {
            "verdict": "different" if self.exit_code else "same",
            "size": self.size,
            "signed": [each.to_json() for each in self.signed],
            "pages": [each.to_json() for each in self.pages],
        }

    def lines(self) -> list[tuple[str, str]]:
        """The report in words, Chinese and English, each page and each signed digest that is not the same."""
        return [*self._of_signed(), *(line for page in self.pages for line in _of_page(page))]

    def _of_signed(self) -> list[tuple[str, str]]:
        same = sum(each.verdict == "same" for each in self.signed)
        said = [
            (
                f"签署过的数字：{len(self.signed):,}次，重算后{same:,}次相同。",
                f"Figures that were signed: {len(self.signed)}; recomputed, {same} are the same.",
            )
        ]
        return said + [_of_digest(each) for each in self.signed if each.verdict != "same"]


def check_figures(source: Source, *, site: ReadPage | None = None) -> FiguresReport:
    """Recomputes from the entries of ``source`` alone, in a temporary folder. Whether the log itself is whole and
    signed is for ``verify``. Raises LedgerError where the source can't be read to its end.
    """
    entries = PublishedEntries(source.published)
    with TemporaryDirectory() as folder:
        past = Past(Path(folder), entries)
        with past.reading(entries.size()) as db:
            found = claims(db)
        signed = tuple(_recomputed(past, claim) for claim in sorted(found, key=lambda claim: claim.at_size))
        pages = () if site is None else compare_pages(past, site)
    return FiguresReport(entries.size(), tuple(sorted(signed, key=lambda each: each.claim.index)), pages)


def _recomputed(past: Past, claim: Claim) -> SignedResult:
    if claim.schema not in SCHEMAS:
        return SignedResult(claim, None)
    past.figures(claim.at_size)
    return SignedResult(claim, past.known_digest(claim.at_size, claim.schema, claim.question))


def _of_digest(result: SignedResult) -> tuple[str, str]:
    claim = result.claim
    zh = f"第{claim.index:,}条，“{QUESTIONS[claim.question][0]}”按前{claim.at_size:,}条："
    en = f"Entry {claim.index}, {QUESTIONS[claim.question][1]} at {claim.at_size} entries: "
    if result.verdict == "newer":
        error = unknown_schema(claim.schema)
        return f"{zh}没有重算。{error.zh}", f"{en}not recomputed. {error.en}"
    voided = ("" if claim.stands else "（这一条后来作废了）", "" if claim.stands else " (voided since)")
    return (
        f"{zh}不同{voided[0]}。签署的内容指纹是{claim.digest}，重算的是{result.recomputed}。",
        f"{en}different{voided[1]}. Signed {claim.digest}, recomputed {result.recomputed}.",
    )


def _of_page(result: PageResult) -> list[tuple[str, str]]:
    title, title_en = QUESTIONS[result.question]
    if result.trouble:
        return [(f"“{title}”页：没有比较。{result.trouble.zh}", f"{title_en}: not compared. {result.trouble.en}")]
    count = len(result.differences)
    if not count:
        zh = f"“{title}”页：相同，按前{result.size:,}条重算，比较了{result.compared:,}处。"
        return [(zh, f"{title_en}: same at {result.size} entries; {result.compared} places compared.")]
    said = [(f"“{title}”页：不同，有{count:,}处。", f"{title_en}: different in {count} places.")]
    for each in result.differences[:PLACES_SHOWN]:
        page, entries = each.page or "没有", each.entries or "没有"
        said.append((f"  {each.place}：网页写{page}，账目算出{entries}", f"  page {page}, entries {entries}"))
    if count > PLACES_SHOWN:
        said.append((f"  另有{count - PLACES_SHOWN:,}处，用 --json 看全部。", "  See the rest with --json."))
    return said
