"""What the page of regional ledgers says."""

from tests.public_site.served import Served, words_of


def test_the_page_lists_each_ledger_with_its_newest_head(amended: Served) -> None:
    said = words_of(amended.get("/regions").text)
    assert "示例北部账本" in said
    assert "3,000,000,000" in said
    assert "示例south账本" not in said
    rows = amended.get("/data/demonstration-regions.json").json()["rows"]
    assert [(row["origin"], row["tree_size"]) for row in rows] == [("ledger.example/north", 3_000_000_000)]


def test_a_ledger_without_regions_says_so(empty: Served) -> None:
    assert "还没有登记地区账本" in words_of(empty.get("/regions").text)


def test_the_sentence_of_a_head_names_ledger_size_and_root(amended: Served) -> None:
    trail = words_of(amended.get("/audit?what=head").text)
    assert "“示例north账本”有3,000,000,000条账目" in trail
