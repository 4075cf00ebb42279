"""Signed HTTP requests (RFC 9421): who asks for what is not public. Pure: clock and nonces are the caller's.

    Signature-Input: sig=("@method" "@target-uri" "content-digest");created=1772424000;keyid="d473…";nonce="9f3c…"
    Signature: sig=:K2qGT5srn2OGbOIDzQ6kYT+ruaycnDAAUpKv+ePFfD0RAxn/1BUe…:
    Content-Digest: sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:

Exactly these components in exactly one signature; the digest (RFC 9530) is that of the body, the empty one included.
``keyid`` is the hex SHA-256 of the raw public key, as in envelopes. libsodium checks the signature, as everywhere.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import HTTPSignatureAlgorithm
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from ledger.errors import BadSignatureError, LedgerError, RequestSignatureError
from ledger.signing.keyring import EnrolledKey
from ledger.signing.keys import PrivateKey, verify

COVERED = ("@method", "@target-uri", "content-digest")
ACCEPT_SIGNATURE = 'sig=("@method" "@target-uri" "content-digest");created;nonce;alg="ed25519"'
"""What a refusal asks for (RFC 9421 section 5.1)."""
IDENTIFIERS = {'"@method"', '"@target-uri"', '"content-digest"', '"@signature-params"'}
NEEDED = {"created", "keyid", "nonce"}
FRESH = timedelta(seconds=60)
SHORTEST_NONCE, LONGEST_NONCE = 16, 64
FindKey = Callable[[str], EnrolledKey]
"""The key of an id, in force now. Raises UnknownKeyError, KeyNotInForceError, which are passed on."""


class Fields(dict[str, str]):
    """Header fields with every line of their own, as the library reads them."""

    def __init__(self, lines: Iterable[tuple[str, str]] = ()) -> None:
        self._lines = list(lines)
        super().__init__(self._lines)

    def items(self) -> Any:
        """All lines in the order of the wire, repeated names included."""
        return [*self._lines, *((name, self[name]) for name in self if name not in dict(self._lines))]


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A request. ``url`` is absolute, the address that its sender meant."""

    method: str
    url: str
    headers: Fields = field(default_factory=Fields)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class RequestSigner:
    """Who signed a request, when, and the nonce that must not come twice."""

    key: EnrolledKey
    created: datetime
    nonce: str


def sign_request(message: SignedMessage, key: PrivateKey, *, created: datetime, nonce: str) -> dict[str, str]:
    """The three header fields to send with the request."""
    fields = Fields()
    unsigned = SignedMessage(message.method, message.url, fields)
    signer = HTTPMessageSigner(signature_algorithm=_Ed25519, key_resolver=_Holder(key))
    signer.sign(
        unsigned,
        key_id=key.key_id,
        created=created,
        nonce=nonce,
        label="sig",
        include_alg=False,
        covered_component_ids=COVERED[:2],
        body=message.body,
    )
    return dict(fields)


def check_request(message: SignedMessage, find_key: FindKey, *, now: datetime) -> RequestSigner:
    """Who signed it. Raises RequestSignatureError, or what ``find_key`` raises. The nonce is not asked here."""
    verifier = _Verifier(signature_algorithm=_Ed25519, key_resolver=(found := _Finder(find_key)))
    try:
        (result,) = verifier.verify(message, max_age=None, require_components=COVERED, body=message.body)
    except HTTPMessageSignaturesException as error:
        if isinstance(error.__cause__, LedgerError) and not isinstance(error.__cause__, BadSignatureError):
            raise error.__cause__ from None
        raise _refusal(
            "签名缺少、写法不对，或者签的不是这一次请求（网址要与账本公布的完全相同）",
            "is missing, malformed, or of another request (the address must be the ledger's own, to the letter)",
        ) from None
    parameters = result.parameters
    if result.covered_components.keys() != IDENTIFIERS or not NEEDED <= parameters.keys() <= NEEDED | {"alg"}:
        raise _refusal("签名的内容不是规定的几项", "covers other parts or has other parameters than it must")
    nonce, created = str(parameters["nonce"]), datetime.fromtimestamp(int(parameters["created"]), UTC)
    if not SHORTEST_NONCE <= len(nonce) <= LONGEST_NONCE:
        raise _refusal("nonce应是16至64个字符", "has a nonce that is not 16 to 64 characters long")
    if abs(now - created) > FRESH or found.key is None:
        raise _refusal(
            f"签名时间与账本时钟{now:%H:%M:%S}（UTC）相差超过60秒",
            f"is not within 60 s of this clock, {now:%H:%M:%S} UTC",
        )
    return RequestSigner(found.key, created, nonce)


def used_nonce() -> RequestSignatureError:
    """The refusal of a request that comes a second time."""
    return _refusal("这个签名已经用过一次", "was used before")


def _refusal(zh: str, en: str) -> RequestSignatureError:
    return RequestSignatureError(
        f"{zh}。请用已启用的密钥对方法、网址和内容摘要签署这一次请求（RFC 9421），60秒内送到。",
        f"The request's signature {en}. Sign method, target URI and content digest of this very request with an"
        " enrolled key (RFC 9421) and send it within 60 s.",
    )


class _Ed25519(HTTPSignatureAlgorithm):
    """Our own keys and checks in place of the library's. ``verify`` raises BadSignatureError."""

    algorithm_id = "ed25519"

    def __init__(self, public_key: Any = None, private_key: Any = None) -> None:
        self._public_key, self._private_key = public_key, private_key

    def sign(self, message: bytes) -> bytes:
        return bytes(self._private_key.sign(message))

    def verify(self, signature: bytes, message: bytes) -> None:
        verify(self._public_key, signature, message, field="")


class _Verifier(HTTPMessageVerifier):
    """Leaves the clock to ``check_request``, which is handed one."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        pass


class _Holder(HTTPSignatureKeyResolver):
    def __init__(self, key: PrivateKey) -> None:
        self._key = key

    def resolve_private_key(self, key_id: str) -> Any:
        return self._key


class _Finder(HTTPSignatureKeyResolver):
    """Remembers the key it found. Which one is asked for is not yet verified, only looked up."""

    def __init__(self, find_key: FindKey) -> None:
        self._find_key = find_key
        self.key: EnrolledKey | None = None

    def resolve_public_key(self, key_id: str) -> Any:
        self.key = self._find_key(key_id)
        return self.key.public_key
