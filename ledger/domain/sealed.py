"""Kind ``sealed``: what happens to values that are not, or no longer, public: opened, erased, withdrawn.

Each is a record of its own, for ever; every signature, leaf, proof and total still verifies after it.
``about`` and ``event`` say where the values are; no sentence and no page says how many there were.
"""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from ledger.domain.event import OPENS, Event, one_of
from ledger.domain.values import AnyRef, Digest, EventId, Kind, Label, VaultKey, Words, choice, free, public, refuse
from ledger.errors import InvalidKeyError, MalformedError
from ledger.sealing.hpke import check_recipient
from ledger.tlog.base64 import decode_base64

STATES = {
    "opened": Label("已查看", "opened"),
    "erased": Label("已销毁", "erased"),
    "withdrawn": Label("已撤下", "withdrawn"),
}
DIGESTS_PADDED = 8
KEYS_PADDED = 16
BY_TWO = (one_of("supervise"), one_of("care"))
GROUNDS = {
    "consent": ("撤回同意", "consent was withdrawn"),
    "request": ("本人或监护人要求删除", "the person or guardian asked for it"),
    "purpose": ("目的已实现，不再需要", "it is no longer needed"),
    "unlawful": ("不应收集", "it should not have been collected"),
}


def _check_recipient(value: str) -> str:
    try:
        check_recipient(decode_base64(value))
    except (InvalidKeyError, MalformedError) as error:
        raise refuse(error.zh, error.en) from None
    return value


def _check_sorted(values: list[str], padded: int) -> None:
    if sorted(set(values)) != values:
        raise refuse("要按ASCII顺序排列，不能重复。", "List them in ASCII order, none twice.")
    if len(values) % padded:
        raise refuse(f"要补齐到{padded}的倍数。", f"Pad the list to a multiple of {padded}.")


class SealedOpened(Event):
    """The values are returned encrypted to ``recipient`` (X25519), for 24 hours from ``recorded_at``."""

    TYPE = "sealed.opened"
    LABEL = Label("查看封存内容", "Sealed values opened")
    SAYS = {
        "": Label(
            "经两方签署，为{purpose}查看了“{about}”的封存内容。",
            "Sealed values of “{about}” were opened, signed by two, for {purpose}.",
        )
    }
    SIGNED_BY = BY_TWO
    AFTER = (OPENS,)
    BECOMES = "opened"
    about: AnyRef = public("哪项记录", "About")
    event: EventId = public("哪条账目", "Entry")
    digests: Annotated[list[Digest], Field(min_length=DIGESTS_PADDED), Kind("digest")] = public("指纹", "Digests")
    purpose: Annotated[
        str,
        choice(
            audit=("监督检查", "an audit"),
            service=("发放或服务", "delivery of the help"),
            complaint=("处理投诉", "a complaint"),
            request=("本人或监护人要求", "a request by the person or guardian"),
            duplicates=("查重", "a check for duplicates"),
        ),
    ] = public("目的", "Purpose")
    recipient: Annotated[str, AfterValidator(_check_recipient), Kind("key")] = public("接收用的公钥", "Recipient key")
    note: Words | None = free("说明", "Note")

    @model_validator(mode="after")
    def _padded(self) -> Self:
        _check_sorted(self.digests, DIGESTS_PADDED)
        return self


class SealedErased(Event):
    """``vault_keys`` are padded with random ids, so that a restore replays erasures from the log alone."""

    TYPE = "sealed.erased"
    LABEL = Label("销毁封存内容", "Sealed values erased")
    SAYS = {
        "": Label(
            "经两方签署，依据“{ground}”销毁了封存内容，账目和合计不变。",
            "Sealed values were erased, signed by two ({ground}); entries and totals are unchanged.",
        )
    }
    SIGNED_BY = BY_TWO
    AFTER = (OPENS,)
    BECOMES = "erased"
    vault_keys: Annotated[list[VaultKey], Field(min_length=KEYS_PADDED), Kind("digest")] = public(
        "密钥编号", "Vault keys"
    )
    ground: Annotated[str, choice(**GROUNDS)] = public("依据", "Ground")

    @model_validator(mode="after")
    def _padded(self) -> Self:
        _check_sorted(self.vault_keys, KEYS_PADDED)
        return self


class SealedWithdrawn(Event):
    """A text or file that was public until now."""

    TYPE = "sealed.withdrawn"
    LABEL = Label("撤下公开内容", "Text or file withdrawn")
    SAYS = {
        "": Label(
            "{org}依据“{ground}”撤下了“{about}”的一段文字或一份文件，账目本身没有变。",
            "{org} withdrew a text or file of “{about}” ({ground}); the entry itself is unchanged.",
        )
    }
    SIGNED_BY = (one_of("care", "supervise"),)
    AFTER = (OPENS,)
    BECOMES = "withdrawn"
    about: AnyRef = public("哪项记录", "About")
    event: EventId = public("哪条账目", "Entry")
    digest: Digest = public("内容指纹", "Digest")
    ground: Annotated[
        str,
        choice(
            **GROUNDS,
            identifies=("可能指认到个人", "it may identify somebody"),
            mistaken=("内容有误", "it was wrong"),
            rights=("版权或其他权利", "rights of others"),
        ),
    ] = public("依据", "Ground")
