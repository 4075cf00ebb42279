"""The limits: what the same machine does, in the same run, with nothing of ours around it."""

import hashlib
import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from nacl.bindings import crypto_sign_open
from nacl.signing import SigningKey
from starlette.types import Receive, Scope, Send

from benchmarks.load import post_load, serving

MESSAGE_BYTES = 900


@dataclass(frozen=True, slots=True)
class Limits:
    """Per second, but for the commit, which is in seconds."""

    verifies: float
    commit_seconds: float
    bare_posts: float


def measure(directory: Path, *, seconds: float) -> Limits:
    """All limits, one after the other."""
    with serving(bare) as port:
        posts = post_load(port, [b"x" * 1200] * 200, connections=64, seconds=seconds, repeat=True).rate
    return Limits(verifies(), commit_seconds(directory), posts)


def verifies(count: int = 4000) -> float:
    """Ed25519 checks by libsodium, one core."""
    key = SigningKey(hashlib.sha256(b"benchmark").digest())
    signed = [bytes(key.sign(os.urandom(MESSAGE_BYTES))) for _ in range(200)]
    public = bytes(key.verify_key)
    begun = time.perf_counter()
    for number in range(count):
        crypto_sign_open(signed[number % len(signed)], public)
    return count / (time.perf_counter() - begun)


def commit_seconds(directory: Path, count: int = 300) -> float:
    """A single-row commit with synchronous=FULL, the mean."""
    connection = sqlite3.connect(directory / "limit.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t (x)")
    begun = time.perf_counter()
    for _ in range(count):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO t VALUES (?)", (os.urandom(MESSAGE_BYTES),))
        connection.execute("COMMIT")
    connection.close()
    return (time.perf_counter() - begun) / count


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """The least an ASGI application can do with a request."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-length", b"2"), (b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})
