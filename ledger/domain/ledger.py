"""Kind ``ledger``: its opening (entry 0), policy and log key. One record, governed by the quorum of the admins."""

from ledger.domain.event import GOVERN, OPENS, Event
from ledger.domain.policy import Policy
from ledger.domain.values import Base64Text, Label, Line, public

STATES = {"open": Label("已启用", "open")}


class LedgerOpened(Event):
    """Entry 0. Its event id, the genesis digest, identifies the ledger."""

    TYPE = "ledger.opened"
    LABEL = Label("启用账本", "Ledger opened")
    SAYS = {"": Label("账本“{origin}”启用。", "The ledger “{origin}” was opened.")}
    SIGNED_BY = (GOVERN,)
    AFTER = (OPENS,)
    BECOMES = "open"
    origin: Line = public("账本地址名", "Origin")
    log_vkeys: list[Line] = public("账本公钥", "Log keys")
    policy: Policy = public("规则", "Policy")
    demonstration: bool = public("演示数据", "Demonstration data")
    predecessor: Line | None = public("上一本账的最后签章", "Predecessor's last checkpoint", default=None)


class LedgerPolicyChanged(Event):
    TYPE = "ledger.policy_changed"
    LABEL = Label("修改账本规则", "Policy changed")
    SAYS = {"": Label("账本的规则经管理员共同签署修改。", "The ledger's policy was changed by its admins together.")}
    SIGNED_BY = (GOVERN,)
    AFTER = ("open",)
    policy: Policy = public("规则", "Policy")


class LedgerLogKeyRotated(Event):
    """From the checkpoint that covers this entry on, the new key signs; the keys before it sign no size beyond it."""

    TYPE = "ledger.log_key_rotated"
    LABEL = Label("更换账本密钥", "Log key rotated")
    SAYS = {
        "": Label(
            "账本签章的密钥经管理员共同签署更换，从这一条起由新密钥签章。",
            "The key that signs the log was replaced by the admins together; the new key signs from this entry on.",
        )
    }
    SIGNED_BY = (GOVERN,)
    AFTER = ("open",)
    log_vkey: Line = public("新账本公钥", "New log key")
    possession: Base64Text = public("持有证明", "Proof of possession")
