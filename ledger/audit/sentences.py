"""What a refusal of an entry means to a reader of the public ledger: which entry, and what was done to it."""

from ledger.audit.report import Finding
from ledger.errors import (
    BadSignatureError,
    ClockBehindError,
    DisclosureMismatchError,
    DuplicateError,
    InvalidFieldError,
    InvalidKeyError,
    KeyNotInForceError,
    LedgerError,
    MalformedError,
    MissingCapabilityError,
    StaleVersionError,
    TooLargeError,
    UnknownKeyError,
    WrongLogError,
    WrongPreviousError,
    WrongTreeError,
)

UNREADABLE = (
    "第{index}条读不成合格的账目：这条在记入之后被改动过，或不是账本记入的。（{zh}）",
    "Entry {index} cannot be read as an entry: it was changed after it was recorded, or no ledger recorded it. ({en})",
)
BROKEN_CHAIN = (
    "第{index}条与它所续的上一条接不上：中间有账目被删去、调换或改动过。（{zh}）",
    "Entry {index} does not continue its record: an entry before it was removed, moved or changed. ({en})",
)
SENTENCES: dict[type[LedgerError], tuple[str, str]] = {
    BadSignatureError: (
        "第{index}条的内容与签名不符：这条在签署之后被改动过。",
        "Entry {index} does not match its signature: it was changed after it was signed.",
    ),
    UnknownKeyError: (
        "第{index}条不是用登记过的密钥签署的：它不是有权记账的人记的。（{zh}）",
        "Entry {index} was not signed with an enrolled key: nobody entitled to record it did. ({en})",
    ),
    KeyNotInForceError: (
        "第{index}条是用当时已经无效的密钥签署的，不能作数。（{zh}）",
        "Entry {index} was signed with a key that was not in force at that place, so it does not count. ({en})",
    ),
    MissingCapabilityError: (
        "第{index}条的签署人没有记这件事的权限，或者签名不够。（{zh}）",
        "Entry {index} was signed by keys that may not record this, or too few of them. ({en})",
    ),
    InvalidKeyError: (
        "第{index}条启用的密钥不合格。（{zh}）",
        "Entry {index} enrols a key that is not sound. ({en})",
    ),
    MalformedError: UNREADABLE,
    TooLargeError: UNREADABLE,
    InvalidFieldError: UNREADABLE,
    DisclosureMismatchError: UNREADABLE,
    WrongLogError: (
        "第{index}条是为另一本账签署的，不属于这本账。（{zh}）",
        "Entry {index} was signed for another ledger and does not belong in this one. ({en})",
    ),
    StaleVersionError: BROKEN_CHAIN,
    WrongPreviousError: BROKEN_CHAIN,
    WrongTreeError: (
        "第{index}条的签署人当时核对过的账本与这里的不同：在它之前的账目被改动过。（{zh}）",
        "The ledger that the signer of entry {index} had checked was another: entries before it were changed. ({en})",
    ),
    ClockBehindError: (
        "第{index}条的记入时间早于上一条：账目的先后被调换过，或时间被改动过。",
        "Entry {index} was recorded before the entry that precedes it: the order or the time was changed.",
    ),
    DuplicateError: (
        "第{index}条用了本账本已经用过、只能用一次的东西。（{zh}）",
        "Entry {index} uses again what may occur only once in a ledger. ({en})",
    ),
}
OTHERWISE = (
    "第{index}条违反规则，账本不应记入。（{zh}）",
    "Entry {index} breaks a rule; the ledger should not have admitted it. ({en})",
)


def entry_finding(index: int, refusal: LedgerError) -> Finding:
    """The finding that entry ``index`` is refused. ``code`` is the refusal's type."""
    zh, en = SENTENCES.get(type(refusal), OTHERWISE)
    return Finding(
        refusal.type,
        zh.format(index=index, zh=refusal.zh, en=refusal.en),
        en.format(index=index, zh=refusal.zh, en=refusal.en),
        index=index,
    )


def changed_entry(index: int) -> Finding:
    """An entry that differs from the leaf which a verified checkpoint covers."""
    return Finding(
        "changed-entry",
        f"第{index}条与签章时的内容不同：这条在记入之后被改动过。",
        f"Entry {index} is not what the signed checkpoint covers: it was changed after it was recorded.",
        index=index,
    )


def missing_entry(index: int) -> Finding:
    """An entry that a checkpoint covers and that is not there."""
    return Finding(
        "missing-entry",
        f"缺少第{index}条：它曾记入账本，后来被删去。",
        f"Entry {index} is missing: it was recorded, and later removed.",
        index=index,
    )


def differing_entry(index: int) -> Finding:
    """A stored entry that is not the one published under ``log/``."""
    return Finding(
        "stored-and-published-differ",
        f"第{index}条在库里的内容与log/里公布的不同：其中一份在记入之后被改动过。",
        f"Entry {index} in the store is not the one published under log/: one of them was changed.",
        index=index,
    )


def wrong_column(index: int, column: str) -> Finding:
    """A column beside an entry that does not say what was signed."""
    return Finding(
        "wrong-column",
        f"第{index}条在库里的“{column}”栏与签署的内容不符：库被人改动过。",
        f"The column {column!r} beside entry {index} in the store is not what was signed: the store was changed.",
        index=index,
    )


def file_finding(code: str, file: str, zh: str, en: str) -> Finding:
    """A finding about a file."""
    return Finding(code, zh, en, file=file)


def missing_file(file: str) -> Finding:
    """A file that the checkpoint calls for and that is not there."""
    return file_finding("missing-file", file, f"缺少文件{file}。", f"The file {file} is missing.")


def wrong_file(file: str) -> Finding:
    """A file whose bytes are not those derived from the entries."""
    return file_finding(
        "wrong-file",
        file,
        f"文件{file}与账目推算出的内容不符：它被改动过。",
        f"The file {file} is not what the entries lead to: it was changed.",
    )


def unknown_file(file: str) -> Finding:
    """A file under ``log/`` that nothing in the ledger leads to."""
    return file_finding(
        "unknown-file",
        file,
        f"文件{file}不属于这本账：账目里推算不出它。",
        f"The file {file} does not belong to this ledger: nothing in it leads to such a file.",
    )


def too_many_entries(file: str, size: int, most: int) -> Finding:
    """A checkpoint that claims more entries than are read of a site."""
    return file_finding(
        "too-many-entries",
        file,
        f"{file}说有{size:,}条账目，从网站至多读{most:,}条。真有这么多，请核对下载好的文件夹。",
        f"{file} claims {size:,} entries; of a site at most {most:,} are read. If there truly are so many, verify a"
        " downloaded folder.",
    )


def damaged_store(file: str, reason: str) -> Finding:
    """A database that SQLite cannot read."""
    return file_finding(
        "damaged-store",
        file,
        f"库文件{file}已损坏或无法读取（{reason}）。",
        f"The store {file} is damaged or cannot be read ({reason}).",
    )
