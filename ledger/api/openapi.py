"""The OpenAPI 3.1 document. Routes lead past the framework, so it is written here and not read off them."""

from typing import Any

from ledger.api.openapi_private import private_paths, private_schemas
from ledger.api.problems import MEDIA_TYPE, PROBLEMS, URN
from ledger.api.schemas import event_schemas
from ledger.api.submitted import MAX_EVENTS
from ledger.domain.catalogue import EVENTS
from ledger.sealing.picture import MAX_BYTES, MAX_SIDE, MEDIA_TYPES
from ledger.signing.envelope import PAYLOAD_TYPE

ABOUT = """每件事由负责的人签署后提交，账本收下或说明为什么不收。
没有登录：签名就是授权；同一份内容再提交一次，得到的是同一张回执。

Whoever is responsible signs what happened and submits it; the ledger records it or says why not.
There is no login: the signature is the authorisation, and the same content again gets the same receipt."""
PICTURES = f"""只收图片：JPEG、PNG或WebP，长边不超过{MAX_SIDE}像素，不超过{MAX_BYTES // 1024**2} MB，除像素外什么都不带
（没有EXIF、XMP、IPTC、ICC、缩略图、注释）。PDF请拍成照片或转成图片。`yangguang record --photo` 会由原图制作这样的副本。

Pictures alone: JPEG, PNG or WebP, at most {MAX_SIDE} pixels on the longer side and {MAX_BYTES // 1024**2} MB, with
nothing in them but pixels. Photograph the pages of a PDF. `yangguang record --photo` makes such a copy."""
TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "integer", "minimum": 0}
BASE64: dict[str, Any] = {"type": "string", "contentEncoding": "base64"}
HEX: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
RECORD: dict[str, Any] = {"type": "string", "pattern": "^[a-z]+/[0-9a-f-]{36}$"}
BOTH: dict[str, Any] = {"$ref": "#/components/schemas/BothLanguages"}
REFUSED = ("400", "403", "408", "409", "413", "415", "422", "503")


def openapi_document(origin: str) -> dict[str, Any]:
    """The whole document, for the ledger of this origin."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "阳光账本接口", "version": "1", "description": f"{ABOUT}\n\n账本 Ledger: `{origin}`"},
        "paths": {**_paths(), **private_paths()},
        "components": {
            "schemas": {**_schemas(), **private_schemas(), **event_schemas()},
            "responses": {"Problem": _content("没有记入，说明原因 Refused, and why", _ref("Problem"), MEDIA_TYPE)},
        },
    }


def _paths() -> dict[str, Any]:
    return {
        "/api/head": {"get": _read("head", "账本的最新签章 The newest signed tree head", _ref("Head"))},
        "/api/drafts": {
            "post": _write("drafts", "起草：得到要签署的内容 Draft: what to check and sign", ("DraftRequest", "Draft"))
            | {"responses": {"200": _content("草稿 The draft", _ref("Draft"))} | _refusals(REFUSED)}
        },
        "/api/events": {
            "post": _write("events", "提交一件已签署的事 Submit one signed event", ("Submission", "Receipt"))
        },
        "/api/batches": {
            "post": _write("batches", "提交多件，全部记入或全不记入 Submit many, all or none", ("Batch", "Receipts"))
        },
        "/api/events/{event_id}": {
            "get": _read("event", "一件事的回执 The receipt of an event", _ref("Receipt"))
            | {"parameters": [_path_parameter("event_id", HEX)]}
        },
        "/api/records/{kind}/{id}": {
            "get": _read("record", "一项记录的现状 A record as it stands", _ref("Record"))
            | {"parameters": [_path_parameter("kind", TEXT), _path_parameter("id", TEXT)]}
        },
        "/api/evidence/{sha256}": {"put": _upload() | {"parameters": [_path_parameter("sha256", HEX)]}},
        "/api/disclosures/{digest}": {"get": _text("text")},
        "/disclosures/{digest}": {"get": _text("text_page")},
        "/evidence/{sha256}": {"get": _download() | {"parameters": [_path_parameter("sha256", HEX)]}},
    }


def _read(name: str, summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    responses = {"200": _content(summary, schema)} | _refusals(("404",))
    return {"operationId": f"read_{name}", "tags": ["查询 Read"], "summary": summary, "responses": responses}


def _text(name: str) -> dict[str, Any]:
    summary = "一段可撤下的公开文字 A public text that can be withdrawn"
    operation = _read(name, summary, _ref("Text")) | {"parameters": [_path_parameter("digest", TEXT)]}
    operation["responses"] |= _refusals(("410",))
    return operation


def _upload() -> dict[str, Any]:
    kept = {"type": "object", "properties": {"sha256": {"type": "string"}, "bytes": {"type": "integer"}}}
    summary = "上传证明材料：只收已记入的账目提到的文件 Send evidence that an admitted entry names"
    return {
        "operationId": "put_evidence",
        "tags": ["记账 Record"],
        "summary": summary,
        "description": PICTURES,
        "requestBody": {"required": True, "content": _any_file()},
        "responses": {"200": _content("已收到 Kept", kept)} | _refusals(("404", "413", "422")),
    }


def _download() -> dict[str, Any]:
    summary = "一份证明材料 An evidence file"
    return {
        "operationId": "read_evidence",
        "tags": ["查询 Read"],
        "summary": summary,
        "responses": {"200": {"description": summary, "content": _any_file()}} | _refusals(("404", "410")),
    }


def _any_file() -> dict[str, Any]:
    return {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in MEDIA_TYPES}


def _write(name: str, summary: str, schemas: tuple[str, str]) -> dict[str, Any]:
    asked, answered = schemas
    return {
        "operationId": f"post_{name}",
        "tags": ["记账 Record"],
        "summary": summary,
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(asked)}}},
        "responses": {
            "201": _content("已记入 Recorded", _ref(answered)),
            "200": _content("早已记入，回执相同 In the log already; the same receipt", _ref(answered)),
        }
        | _refusals(REFUSED),
    }


def _refusals(statuses: tuple[str, ...]) -> dict[str, Any]:
    return {status: {"$ref": "#/components/responses/Problem"} for status in (*statuses, "default")}


def _content(description: str, schema: dict[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _path_parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(needed: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**needed, **optional},
        "required": list(needed),
        "additionalProperties": False,
    }


def _list(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


def _schemas() -> dict[str, Any]:
    head = {"size": NUMBER, "root": BASE64, "checkpoint": TEXT}
    return {
        "BothLanguages": _object({"zh": TEXT, "en": TEXT}),
        "Head": _object({**head, "origin": TEXT, "vkey": TEXT, "recorded_at": {**TEXT, "format": "date-time"}}),
        "Receipt": _object({"index": NUMBER, "entry": BASE64, "proof": TEXT}, opened=BASE64),
        "Text": _object(
            {"digest": TEXT, "event_id": HEX, "index": NUMBER, "name": TEXT, "value": {}, "disclosure": TEXT}
            | {"file_kept": {"type": "boolean"}}
        ),
        "Receipts": _object({"receipts": _list(_ref("Receipt"))}),
        "Record": _object(
            {"record": RECORD, "version": NUMBER, "head": HEX, "state": TEXT, "state_label": BOTH}
            | {"entries": _list(NUMBER)}
        ),
        "Envelope": _envelope(),
        "Submission": _object({"envelope": _ref("Envelope")}, disclosures=_list(TEXT, maxItems=2048)),
        "Batch": _object({"events": _list(_ref("Submission"), minItems=1, maxItems=MAX_EVENTS)}),
        "DraftRequest": _draft_request(),
        "Draft": _draft(),
        "Problem": _problem(),
    }


def _envelope() -> dict[str, Any]:
    signature = _object({"keyid": HEX, "sig": BASE64})
    return _object(
        {"payload": BASE64, "payloadType": {"const": PAYLOAD_TYPE}}
        | {"signatures": _list(signature, minItems=1, maxItems=16)}
    )


def _draft_request() -> dict[str, Any]:
    types = sorted({name for name, _ in EVENTS})
    data = {"type": "object", "anyOf": [_ref(name) for name in types]}
    anything: dict[str, Any] = {"type": "object"}
    pair = {"type": "array", "prefixItems": [TEXT, {}], "minItems": 2, "maxItems": 2}
    return _object(
        {"type": {"enum": types}, "occurred_on": {**TEXT, "format": "date"}, "data": data},
        record=RECORD,
        fields=anything,
        rows=_list(anything),
        free=_list(pair),
    )


def _draft() -> dict[str, Any]:
    capability = _object({"capability": TEXT, "zh": TEXT, "en": TEXT})
    return _object(
        {"payload": BASE64, "payload_json": {"type": "object"}, "event_id": HEX, "disclosures": _list(TEXT)}
        | {"record": RECORD, "signed_by": _list(_list(capability)), "sentence": BOTH}
    )


def _problem() -> dict[str, Any]:
    return _object(
        {"type": {"enum": [URN + slug for slug in PROBLEMS]}, "title": TEXT, "status": {"type": "integer"}}
        | {"detail": TEXT, "detail_en": TEXT},
        field={**TEXT, "format": "json-pointer"},
    )
