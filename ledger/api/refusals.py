"""Refusals that only HTTP knows: an unknown path, a method, a content type, a body that does not arrive."""

from collections.abc import Iterable

from ledger.errors import LedgerError


class NoSuchPathError(LedgerError):
    type = "no-such-path"

    def __init__(self) -> None:
        super().__init__(
            "没有这个地址。接口的全部地址见/api/docs。", "There is no such path. /api/docs lists all paths."
        )


class MethodNotAllowedError(LedgerError):
    type = "method-not-allowed"

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(
            f"这个地址只接受{self.allowed.replace(', ', '、')}。", f"This path accepts only {self.allowed}."
        )


class UnsupportedMediaTypeError(LedgerError):
    type = "unsupported-media-type"

    def __init__(self, wanted: str = "application/json") -> None:
        super().__init__(f"内容类型应是{wanted}，不压缩。", f"The content type must be {wanted}, not compressed.")


class SlowBodyError(LedgerError):
    type = "slow-body"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"内容在{seconds}秒内没有传完，没有记入。请再提交一次。",
            f"The content did not arrive within {seconds} seconds and was not recorded. Submit it again.",
        )


class InternalError(LedgerError):
    """Our own fault. It tells nothing about the cause."""

    type = "internal"

    def __init__(self) -> None:
        super().__init__(
            "程序出错，结果不明。请用同一份内容再提交一次：已记入的会得到原来的回执，不会记两次。",
            "The program failed and the outcome is unknown. Submit the same content again:"
            " what was recorded gets its receipt, nothing is recorded twice.",
        )
