"""Problem documents (RFC 9457): the one place where a refusal meets an HTTP status.

    {"type": "urn:yangguang:problem:stale-version", "title": "版本已过时", "status": 409,
     "detail": "这份内容写的是第2次记录，…", "detail_en": "This is version 2 of …", "field": "/payload/version"}

400 the bytes are not JSON as it must be. 403 the signatures do not authorise this. 404 no such thing or path.
409 right in itself, but the log has moved on or has it already. 410 it was public and was withdrawn. 413 too large.
422 one field, or a rule. 503 the ledger cannot record now; send the same again after Retry-After seconds.
"""

import json
import unicodedata
from typing import Any

from starlette.responses import Response

from ledger.api.refusals import InternalError, MethodNotAllowedError
from ledger.errors import LedgerError
from ledger.signing.requests import ACCEPT_SIGNATURE

MEDIA_TYPE = "application/problem+json"
URN = "urn:yangguang:problem:"
MAX_SENTENCE = 600
PROBLEMS: dict[str, tuple[int, str]] = {
    "malformed": (400, "内容不合格式"),
    "too-large": (413, "内容过大"),
    "invalid-field": (422, "栏目填写有误"),
    "bad-signature": (403, "签名不符"),
    "invalid-key": (422, "公钥不合格"),
    "disclosure-mismatch": (422, "披露内容与指纹不符"),
    "unknown-key": (403, "密钥未登记"),
    "key-not-in-force": (403, "密钥无效"),
    "missing-capability": (403, "没有权限"),
    "not-in-good-standing": (403, "机构暂时不能记账"),
    "over-limit": (403, "超过密钥限额"),
    "request-signature": (403, "请求没有有效的签名"),
    "wrong-log": (422, "属于另一本账"),
    "stale-version": (409, "版本已过时"),
    "wrong-previous": (409, "与上一条不衔接"),
    "wrong-tree-head": (409, "账本总指纹不符"),
    "unknown-record": (422, "没有这项记录"),
    "duplicate": (409, "已经有了"),
    "wrong-state": (409, "当前状态不允许"),
    "rule-broken": (422, "不符合规则"),
    "overspent": (422, "余额不足"),
    "too-few-people": (422, "人数太少，不能公布"),
    "few-people-moved": (422, "人数变动太少，不能公布"),
    "notice-period": (422, "公示期不符"),
    "own-acceptance": (422, "不能自己验收"),
    "personal-data": (422, "含有个人信息"),
    "no-consent": (422, "没有相应的同意书"),
    "withdrawn": (410, "已撤下"),
    "proof-failed": (422, "证明不成立"),
    "clock-behind": (503, "账本时钟有误"),
    "read-only": (503, "账本只读"),
    "store-unreachable": (503, "数据库没有应答"),
    "busy": (503, "账本正忙"),
    "backup": (422, "备份不能用"),
    "inbox-full": (503, "收信箱已满"),
    "not-found": (404, "没有找到"),
    "no-such-path": (404, "没有这个地址"),
    "method-not-allowed": (405, "不接受这种请求"),
    "slow-body": (408, "传送太慢"),
    "unsupported-media-type": (415, "内容类型不对"),
    "internal": (500, "程序出错"),
}
RETRY_AFTER = {"busy": "1", "clock-behind": "60", "read-only": "60", "store-unreachable": "5"}
CLOSING = frozenset({408, 413})


def status_of(refusal: LedgerError) -> int:
    """The HTTP status. What is malformed in one named field is 422, as other faults of fields are."""
    status, _ = PROBLEMS.get(refusal.type, PROBLEMS["rule-broken"])
    return 422 if refusal.type == "malformed" and refusal.field is not None else status


def problem_document(refusal: LedgerError) -> dict[str, Any]:
    """The members of the document; ``field`` only where the refusal is about one."""
    document = {
        "type": URN + refusal.type,
        "title": PROBLEMS.get(refusal.type, PROBLEMS["rule-broken"])[1],
        "status": status_of(refusal),
        "detail": _printable(refusal.zh),
        "detail_en": _printable(refusal.en),
    }
    return document if refusal.field is None else {**document, "field": _printable(refusal.field)}


def problem_response(refusal: LedgerError) -> Response:
    """The answer to a refused request."""
    document = problem_document(refusal)
    headers = {"Cache-Control": "no-store"}
    if refusal.type in RETRY_AFTER:
        headers["Retry-After"] = RETRY_AFTER[refusal.type]
    if refusal.type == "request-signature":
        headers["Accept-Signature"] = ACCEPT_SIGNATURE
    if isinstance(refusal, MethodNotAllowedError):
        headers["Allow"] = refusal.allowed
    if document["status"] in CLOSING:
        # The rest of the body may still be on its way and must not be read as another request.
        headers["Connection"] = "close"
    body = json.dumps(document, ensure_ascii=False).encode()
    return Response(body, document["status"], headers, MEDIA_TYPE)


def internal_problem() -> Response:
    """The answer to an exception that nobody expected: nothing of the exception is in it."""
    return problem_response(InternalError())


def _printable(text: str) -> str:
    """The text with whatever could hide or not be encoded replaced, since it may quote what was sent."""
    short = text if len(text) <= MAX_SENTENCE else f"{text[:MAX_SENTENCE]}…"
    return "".join("\ufffd" if unicodedata.category(character).startswith("C") else character for character in short)
