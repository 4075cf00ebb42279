"""The door of private reads: a request comes in only with the signature of an enrolled key, fresh, and once.

``@target-uri`` is the address in ``ledger.toml`` where there is one, else the one in the request itself: behind a
proxy only the setting knows under which name the client asked.
"""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from ledger.api.body import read_body
from ledger.api.desk import Desk
from ledger.clock import Clock
from ledger.core.contract import OpenLedger
from ledger.domain.event import CAPABILITIES
from ledger.errors import MissingCapabilityError
from ledger.signing.keyring import EnrolledKey
from ledger.signing.requests import Fields, SignedMessage, check_request


@dataclass(frozen=True, slots=True)
class Signed:
    """A request that was let in: whose, and its body."""

    key: EnrolledKey
    body: bytes


class Door:
    """Lets in signed requests alone."""

    def __init__(self, ledger: OpenLedger, desk: Desk, clock: Clock) -> None:
        self._ledger = ledger
        self._desk = desk
        self._clock = clock
        self._url = ledger.settings.url

    async def open(self, request: Request, *capabilities: str) -> Signed:
        """Raises RequestSignatureError, UnknownKeyError, KeyNotInForceError, BadSignatureError, and
        MissingCapabilityError for a key with none of ``capabilities``, where any are asked for.
        """
        body = await read_body(request)
        message = SignedMessage(request.method, self._target(request), Fields(request.headers.items()), body)
        key = await run_in_threadpool(self._check, message)
        if capabilities and not key.capabilities & set(capabilities):
            raise MissingCapabilityError(
                f"这里要用有“{'”或“'.join(CAPABILITIES[name].zh for name in capabilities)}”权限的密钥。"
                "请换一把密钥，或者请有权限的同事来做。",
                f"This needs a key that may {' or '.join(capabilities)}. Use such a key, or ask a colleague with one.",
            )
        return Signed(key, body)

    def _target(self, request: Request) -> str:
        base = self._url or f"{request.url.scheme}://{request.url.netloc}"
        query = f"?{request.url.query}" if request.url.query else ""
        return f"{base.rstrip('/')}{request.scope['raw_path'].decode('latin-1').partition('?')[0]}{query}"

    def _check(self, message: SignedMessage) -> EnrolledKey:
        now = self._clock()
        signer = check_request(message, self._ledger.key_in_force, now=now)
        # After the check: an unsigned request must not be able to use up somebody's nonce.
        self._desk.spend(signer, now)
        return signer.key
