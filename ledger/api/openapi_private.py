"""The part of the OpenAPI document about private reads: signed requests, letters, work, waiting envelopes."""

from typing import Any

SIGNED = """请求要有HTTP消息签名（RFC 9421）：Ed25519，由已启用的密钥签署，覆盖 @method、@target-uri、content-digest，
带 created（60秒内）和 nonce（只用一次）；keyid 是公钥的十六进制SHA-256。

The request carries an HTTP message signature (RFC 9421): Ed25519, by an enrolled key, over @method, @target-uri and
content-digest (of the empty body too), with created (within 60 s) and nonce (used once); keyid is the hex SHA-256 of
the raw public key."""
TEXT: dict[str, Any] = {"type": "string"}
TIME: dict[str, Any] = {**TEXT, "format": "date-time"}
HEX: dict[str, Any] = {**TEXT, "pattern": "^[0-9a-f]{64}$"}
NUMBER: dict[str, Any] = {**TEXT, "pattern": "^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$"}
BOTH: dict[str, Any] = {"$ref": "#/components/schemas/BothLanguages"}
PROBLEM = {"$ref": "#/components/responses/Problem"}
HEADERS = ("Signature-Input", "Signature", "Content-Digest")


def private_paths() -> dict[str, Any]:
    """Inbox, work and pending."""
    after = {"name": "after", "in": "query", "required": False, "schema": NUMBER}
    envelope = {"type": "object", "properties": {"envelope": _ref("Envelope")}, "required": ["envelope"]}
    return {
        "/api/inbox": {"get": _signed("read_inbox", "公众来信的密文 The public's letters, sealed", "Inbox", after)},
        "/api/inbox/{number}": {
            "delete": _signed(
                "delete_letter", "删除已处理的来信 Delete a handled letter", "Deleted", _path("number", NUMBER)
            )
        },
        "/api/work": {"get": _signed("read_work", "等我办的事 What waits for me", "Work")},
        "/api/pending": {
            "get": _signed("read_pending", "等第二个签名的内容 What waits for a second signature", "PendingList"),
            "post": {
                "operationId": "post_pending",
                "tags": ["记账 Record"],
                "summary": "放下一份等第二个签名的内容 Keep an envelope for its second signature",
                "requestBody": {"required": True, "content": {"application/json": {"schema": envelope}}},
                "responses": _responses("已放下 Kept", "Kept"),
            },
        },
        "/api/pending/{event_id}": {
            "delete": _signed("delete_pending", "撤回 Take it back", "Deleted", _path("event_id", HEX))
        },
    }


def private_schemas() -> dict[str, Any]:
    """What they answer."""
    letter = {"number": NUMBER, "received_at": TIME, "key_id": HEX, "ciphertext": {**TEXT, "contentEncoding": "base64"}}
    task = {"record": TEXT, "name": BOTH, "state": BOTH, "next": TEXT, "next_label": BOTH, "since": TEXT}
    work = {"key_id": HEX, "organisation": {"type": ["string", "null"]}, "capabilities": _list(TEXT)}
    work |= {"tasks": _list(_ref("Task")), "complete": {"type": "boolean"}}
    work |= {"letters": {"type": ["integer", "null"]}, "envelopes": {"type": "integer"}}
    pending = {"event_id": HEX, "type": TEXT, "record": TEXT, "sentence": BOTH, "payload_json": {"type": "object"}}
    pending |= {"envelope": _ref("Envelope"), "discloses": {"type": "boolean"}, "wanted": {"type": "boolean"}}
    pending |= {"complete": {"type": "boolean"}, "until": TIME}
    return {
        "Letter": _object(letter),
        "Inbox": _object({"letters": _list(_ref("Letter")), "more": {"type": "boolean"}}),
        "Task": _object(task),
        "Work": _object(work),
        "Pending": _object(pending),
        "PendingList": _object({"pending": _list(_ref("Pending"))}),
        "Kept": _object({"event_id": HEX, "complete": {"type": "boolean"}, "until": TIME}),
        "Deleted": {"type": "object", "properties": {"deleted": {"const": True}}, "required": ["deleted"]},
    }


def _signed(name: str, summary: str, schema: str, *parameters: dict[str, Any]) -> dict[str, Any]:
    headers = [{"name": header, "in": "header", "required": True, "schema": TEXT} for header in HEADERS]
    return {
        "operationId": name,
        "tags": ["签名读取 Signed reads"],
        "summary": summary,
        "description": SIGNED,
        "parameters": [*parameters, *headers],
        "responses": _responses(summary, schema),
    }


def _responses(summary: str, schema: str) -> dict[str, Any]:
    good = {"description": summary, "content": {"application/json": {"schema": _ref(schema)}}}
    return {"200": good, **dict.fromkeys(("403", "404", "422", "503", "default"), PROBLEM)}


def _path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}
