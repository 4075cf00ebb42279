"""Kind ``key``: a record per holder of a staff key. Validity is judged by log index, never by a claimed date."""

from typing import Annotated, Any

from ledger.domain.event import CAPABILITIES, GOVERN, OPENS, Event, one_of
from ledger.domain.record import Record
from ledger.domain.values import (
    Base64Text,
    Count,
    Day,
    Fen,
    Label,
    Line,
    OrganisationRef,
    Part,
    PublicKey,
    choice,
    public,
)
from ledger.errors import InvalidFieldError

STATES = {
    "enrolled": Label("有效", "in force"),
    "suspended": Label("已停用", "suspended"),
    "revoked": Label("已注销", "revoked"),
}
GOVERNED = frozenset({"register", "supervise", "care", "confirm"})
"""Capabilities that only the quorum of the admins may enrol."""


class KeyLimits(Part):
    per_event_fen: Fen | None = public("单笔上限", "Most per event", default=None)
    per_day_fen: Fen | None = public("单日上限", "Most per day", default=None)


class KeyEnrolled(Event):
    TYPE = "key.enrolled"
    LABEL = Label("启用密钥", "Key enrolled")
    SAYS = {"": Label("{organisation}启用“{post}”密钥。", "A key “{post}” of {organisation} was enrolled.")}
    SIGNED_BY = (one_of("register"),)
    AFTER = (OPENS,)
    BECOMES = "enrolled"
    STANDING = False
    organisation: OrganisationRef = public("机构", "Organisation")
    post: Line = public("岗位", "Post", help_zh="岗位名称，不写人名", help_en="The post, never a person's name")
    public_key: PublicKey = public("公钥", "Public key")
    possession: Base64Text = public("持有证明", "Proof of possession")
    capabilities: list[Line] = public("权限", "Capabilities")
    limits: KeyLimits = public("限额", "Limits")
    expires_on: Day = public("有效期至", "Expires on")

    def check(self, record: Record) -> None:
        unknown = set(self.capabilities) - (CAPABILITIES.keys() - {"govern"})
        if unknown or not self.capabilities or len(set(self.capabilities)) != len(self.capabilities):
            raise InvalidFieldError(
                "岗位密钥的权限不对：不能为空、重复，也不能有治理权限。",
                "A staff key's capabilities must not be empty, repeated, unknown or include govern.",
                "/payload/data/capabilities",
            )

    def signing_places(self, record: Record) -> tuple[frozenset[str], ...]:
        """Who must sign: the quorum where a governed capability is given, else a key with ``register``."""
        return (GOVERN,) if GOVERNED & set(self.capabilities) else self.SIGNED_BY


class KeyReplaced(Event):
    """Inherits everything but the key itself; the old key is out of force from this index on."""

    TYPE = "key.replaced"
    LABEL = Label("更换密钥", "Key replaced")
    SAYS = {"": Label("{organisation}更换“{post}”密钥。", "The key “{post}” of {organisation} was replaced.")}
    SIGNED_BY = (one_of("register"),)
    AFTER = ("enrolled",)
    STANDING = False
    public_key: PublicKey = public("新公钥", "New public key")
    possession: Base64Text = public("持有证明", "Proof of possession")

    def words(self, record: Record) -> dict[str, Any]:
        return _holder(record)


class KeySuspended(Event):
    TYPE = "key.suspended"
    LABEL = Label("停用密钥", "Key suspended")
    SAYS = {"": Label("停用{organisation}的“{post}”密钥。", "The key “{post}” of {organisation} was suspended.")}
    SIGNED_BY = (one_of("register"),)
    AFTER = ("enrolled",)
    BECOMES = "suspended"
    STANDING = False

    def words(self, record: Record) -> dict[str, Any]:
        return _holder(record)


class KeyRestored(Event):
    TYPE = "key.restored"
    LABEL = Label("恢复密钥", "Key restored")
    SAYS = {"": Label("恢复{organisation}的“{post}”密钥。", "The key “{post}” of {organisation} was restored.")}
    SIGNED_BY = (one_of("register"),)
    AFTER = ("suspended",)
    BECOMES = "enrolled"
    STANDING = False

    def words(self, record: Record) -> dict[str, Any]:
        return _holder(record)


class KeyRevoked(Event):
    TYPE = "key.revoked"
    LABEL = Label("注销密钥", "Key revoked")
    SAYS = {
        "": Label(
            "注销{organisation}的“{post}”密钥（{reason}），此后的签署不再采信。",
            "The key “{post}” of {organisation} was revoked ({reason}); later signatures are not accepted.",
        )
    }
    SIGNED_BY = (one_of("register"),)
    AFTER = ("enrolled", "suspended")
    BECOMES = "revoked"
    STANDING = False
    reason: Annotated[
        str,
        choice(
            left=("人员离岗", "the holder left"),
            lost=("密钥遗失", "lost"),
            stolen=("密钥被盗", "stolen"),
            ended=("工作结束", "the work ended"),
        ),
    ] = public("原因", "Reason")
    doubtful_from: Count | None = public("从第几条起存疑", "Doubtful from entry", default=None)

    def words(self, record: Record) -> dict[str, Any]:
        return _holder(record)


def _holder(record: Record) -> dict[str, Any]:
    enrolled = record.first(KeyEnrolled)
    return {"organisation": ("reference", enrolled.organisation), "post": enrolled.post}
