"""Every refusal the ledger can give, and the sentence it gives with it.

A refusal is a value: a stable ``type`` that programs match on, one plain sentence in Chinese and one in
English, and the JSON pointer of the field it is about (RFC 9457 section 3; the HTTP status is chosen in
``ledger.api.problems`` alone). Constructors take typed facts and write the sentence, both sides of a
mismatch included. Misuse by our own code is ``RuntimeError``, outside this family.
"""

from typing import ClassVar


class LedgerError(Exception):
    """Base of all refusals. ``str(error)`` is the English sentence."""

    type: ClassVar[str] = "refused"

    def __init__(self, zh: str, en: str, field: str | None = None) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.field = field


# Bytes that are not what they should be


class MalformedError(LedgerError):
    """Bytes that do not parse, or would not format back to the same bytes."""

    type = "malformed"


class TooLargeError(LedgerError):
    type = "too-large"

    def __init__(self, what_zh: str, what_en: str, size: int, limit: int, field: str | None = None) -> None:
        super().__init__(
            f"{what_zh}有{size:,}字节，超过上限{limit:,}字节。请拆开或缩短。",
            f"The {what_en} is {size:,} bytes, over the limit of {limit:,}. Please split or shorten it.",
            field,
        )


class InvalidFieldError(LedgerError):
    """A field of an event that is missing, unknown, or has a value that cannot be."""

    type = "invalid-field"


# Open: signatures and sealed fields


class BadSignatureError(LedgerError):
    type = "bad-signature"

    def __init__(self, key_id: str) -> None:
        super().__init__(
            f"密钥{key_id[:8]}…的签名与内容不符。请用原来的密钥对同一份内容重新签署。",
            f"The signature by key {key_id[:8]}… does not match the content."
            " Sign the same content again with that key.",
            "/envelope/signatures",
        )


class InvalidKeyError(LedgerError):
    """A public key that must not be enrolled: small order, non-canonical, or not on the curve."""

    type = "invalid-key"


class DisclosureMismatchError(LedgerError):
    """Disclosures and digests that do not match one to one."""

    type = "disclosure-mismatch"


# Authority


class UnknownKeyError(LedgerError):
    type = "unknown-key"

    def __init__(self, key_id: str) -> None:
        super().__init__(
            f"密钥{key_id[:8]}…没有在本账本登记。请先由登记机构启用这把密钥。",
            f"Key {key_id[:8]}… is not enrolled in this ledger. Have it enrolled first.",
            "/envelope/signatures",
        )


class KeyNotInForceError(LedgerError):
    """A key that is expired, revoked, replaced or suspended at this index. The claimed date never decides."""

    type = "key-not-in-force"

    def __init__(self, key_id: str, why_zh: str, why_en: str) -> None:
        super().__init__(
            f"密钥{key_id[:8]}…{why_zh}，不能再签署。请用有效的密钥签署。",
            f"Key {key_id[:8]}… {why_en} and can no longer sign. Sign with a key that is in force.",
            "/envelope/signatures",
        )


class MissingCapabilityError(LedgerError):
    """The signatures present do not fill the places that the event type asks for."""

    type = "missing-capability"


class NotInGoodStandingError(LedgerError):
    type = "not-in-good-standing"


class OverLimitError(LedgerError):
    type = "over-limit"


class RequestSignatureError(LedgerError):
    """A private read whose HTTP message signature (RFC 9421) is missing, wrong, too old or used before."""

    type = "request-signature"


# Chain


class WrongLogError(LedgerError):
    type = "wrong-log"

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(
            f"这份内容是为账本“{found}”签署的，不能记入“{expected}”。",
            f"This was signed for the ledger {found!r} and cannot enter {expected!r}.",
            "/payload/log",
        )


class StaleVersionError(LedgerError):
    type = "stale-version"

    def __init__(self, record: str, found: int, expected: int) -> None:
        super().__init__(
            f"这份内容写的是第{found}次记录，而{record}的下一次应是第{expected}次。请取最新内容后重新签署。",
            f"This is version {found} of {record}, but the next is {expected}. Fetch the latest and sign again.",
            "/payload/version",
        )


class WrongPreviousError(LedgerError):
    type = "wrong-previous"

    def __init__(self, record: str, found: str | None, expected: str | None) -> None:
        super().__init__(
            f"“上一条”的内容指纹是{(found or '空')[:8]}，而{record}的上一条是{(expected or '空')[:8]}。"
            "请取最新内容后重新签署。",
            f"The previous fingerprint is {(found or 'none')[:8]}, but that of {record} is {(expected or 'none')[:8]}."
            " Fetch the latest and sign again.",
            "/payload/previous",
        )


class WrongTreeError(LedgerError):
    """The payload endorses a tree head that is not this ledger's."""

    type = "wrong-tree-head"


class UnknownRecordError(LedgerError):
    type = "unknown-record"

    def __init__(self, record: str, field: str | None = None) -> None:
        super().__init__(f"账本里没有{record}。请检查编号。", f"The ledger has no {record}. Check its id.", field)


class DuplicateError(LedgerError):
    """Something that may occur only once in a ledger: an id, a digest, a public key, a code."""

    type = "duplicate"


# Record and rules


class WrongStateError(LedgerError):
    type = "wrong-state"

    def __init__(self, label_zh: str, label_en: str, state_zh: str, state_en: str) -> None:
        super().__init__(
            f"现在不能记“{label_zh}”：这项记录的状态是“{state_zh}”。",
            f"“{label_en}” cannot be recorded now: the record's state is “{state_en}”.",
            "/payload/type",
        )


class RuleError(LedgerError):
    """A rule over the whole ledger that this event would break."""

    type = "rule-broken"


class OverspentError(RuleError):
    type = "overspent"


class TooFewPeopleError(RuleError):
    type = "too-few-people"

    def __init__(self, count: int, threshold: int) -> None:
        super().__init__(
            f"这批只有{count}人，少于{threshold}人，不能公布。请与下一批合并，或把地点放宽到全镇、把期间放宽到全季。",
            f"This batch has only {count} people, fewer than {threshold}, and cannot be published."
            " Merge it with the next one, or widen the place to the town or the period to a quarter.",
            "/payload/data/people/count",
        )


class RestatementError(TooFewPeopleError):
    """People who were counted would be counted again, a few more or less, after entry ``struck`` struck them."""

    type = "few-people-moved"

    def __init__(self, moved: int, threshold: int, struck: int) -> None:
        RuleError.__init__(
            self,
            f"与第{struck:,}条之前相比，人数只变动{moved}，少于{threshold}，会让人看出是谁。"
            "请按原来的人数记，或者把两批一起作废、合并成一批重报，或者与下一批合并。",
            f"Compared with before entry {struck}, this moves the number of people by {moved}, fewer than {threshold},"
            " and points at them. Record the same number, void two batches and restate them as one, or merge it with"
            " the next one.",
            "/payload/data/people/count",
        )


class PublicityError(RuleError):
    type = "notice-period"


class AcceptanceError(RuleError):
    type = "own-acceptance"


class PersonalDataError(RuleError):
    type = "personal-data"


# The ledger itself


class ClockBehindError(LedgerError):
    type = "clock-behind"

    def __init__(self, now: str, last: str) -> None:
        super().__init__(
            f"账本所在机器的时钟是{now}，早于最后一条账目的{last}，已停止记账。请校准时钟。",
            f"The ledger's clock says {now}, before its last entry at {last}; it has stopped recording. Set the clock.",
        )


class ReadOnlyError(LedgerError):
    type = "read-only"


class BusyError(LedgerError):
    type = "busy"

    def __init__(self, seconds: int | None = None) -> None:
        self.seconds = seconds  # until it is worth asking again, where somebody knows
        super().__init__(
            "账本正忙，这份内容没有记入。请稍后用同一份内容再提交一次。",
            "The ledger is busy and did not record this. Submit the same content again shortly.",
        )


class NotFoundError(LedgerError):
    type = "not-found"


class WithdrawnError(LedgerError):
    """A text or file that was public until an entry withdrew or replaced it."""

    type = "withdrawn"

    def __init__(self, entry_index: int) -> None:
        super().__init__(
            f"这项内容已由第{entry_index:,}条账目撤下或更正，不再公开。原来的账目没有变。",
            f"Entry {entry_index} withdrew or replaced this; it is no longer public. The original entry is unchanged.",
        )


class ConsentError(RuleError):
    """A sealed row about somebody whose consent does not cover it. The sentence does not say whose."""

    type = "no-consent"


class ProofError(LedgerError):
    """A proof, note or checkpoint that does not verify (RFC 6962, C2SP); raised by verifiers."""

    type = "proof-failed"
