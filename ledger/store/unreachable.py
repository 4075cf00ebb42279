"""What only a store that is a server can fail with."""

from ledger.errors import LedgerError


class UnreachableError(LedgerError):
    """Raised at once for a lost connection; whoever can repeat what it did does so before it passes this on."""

    type = "store-unreachable"

    def __init__(self) -> None:
        super().__init__(
            "数据库没有应答，不知道这份内容是否已记入。请稍后把同一份内容再提交一次：已记入的会得到原来的回执。",
            "The database does not answer, and it is not known whether this was recorded. Submit the same content again"
            " shortly: what was recorded gets its own receipt.",
        )


class UnsafeServerError(LedgerError):
    """A server that is set to lose what it confirmed."""

    type = "read-only"

    def __init__(self, name: str, value: str) -> None:
        super().__init__(
            f"数据库的设置{name}是{value}，断电会丢失已确认的账目，所以不用它记账。请改好这项设置再启动。",
            f"The database has {name} = {value} and would lose confirmed entries in a power cut, so nothing is recorded"
            " there. Correct that setting and start again.",
        )


class MissingDriverError(LedgerError):
    """The optional packages for PostgreSQL are not installed."""

    type = "read-only"

    def __init__(self) -> None:
        super().__init__(
            "这台机器没有安装PostgreSQL的驱动。请运行：pip install 'yangguang-ledger[postgres]'。",
            "The driver for PostgreSQL is not installed here. Run: pip install 'yangguang-ledger[postgres]'.",
        )
