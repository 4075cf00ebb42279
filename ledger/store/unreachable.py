"""The store is a server, and it does not answer."""

from ledger.errors import LedgerError


class UnreachableError(LedgerError):
    """Raised at once for a lost connection; whoever can repeat what it did does so before it passes this on."""

    type = "store-unreachable"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"数据库没有应答，不知道这份内容是否已记入。请稍后把同一份内容再提交一次：已记入的会得到原来的回执。（{reason}）",
            "The database does not answer, and it is not known whether this was recorded. Submit the same content again"
            f" shortly: what was recorded gets its own receipt. ({reason})",
        )
