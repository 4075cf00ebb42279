"""Values at the edges of the formats, to stand where ordinary ones do."""

from typing import Any

_CODES = """
0000 0009 000a 0020 007f 0085 00a0 00ad 200b 200c 200d 202e 2028 2126 3000 e000 feff e0001 f0000 1f642
2b 3d 2f 5c 22 2014
"""
ODD_TEXTS = ("", "e\u0301", "é", "あ\u3099", "👩\u200d👧", "词", *(chr(int(code, 16)) for code in _CODES.split()))
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**53 - 1, -(2**53) + 1, "", "0", [], {}, [None], {"a": 1}, "2023-05-14",
    "donation.received", "x" * 64, "0" * 64,
)  # fmt: skip
ODD_DAYS = (
    "2023-02-29", "2024-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "20240229", "2023-W19-7", "2023-13-01",
    "2023-00-10", "2023-05-14T00:00", " 2023-05-14", "+2023-05-14", "-023-05-14", "２０２３-05-14",
)  # fmt: skip
ODD_TIMES = (
    "2023-02-29T00:00:00.000Z", "2024-02-29T23:59:59.999Z", "2023-01-01T24:00:00.000Z", "2023-01-01T00:00:60.000Z",
    "2023-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z", "2023-01-01t00:00:00.000z",
)  # fmt: skip
_JSON_LINES = r"""
1.0|1e3|-0|9007199254740992|-9007199254740991|NaN|Infinity|01|+1|1.5|true|nul|'a'|[1,]|{ }
"\u0041"|"\ud800"|"\ud83d\ude42"|"\/"|"\u001f"|"\u001F"|"\t"|"\u0008"|"\b"
{"a":1,"a":1}|{"b":1,"a":2}|{"__proto__":1}|{"\u20ac":1,"\r":2}|{"€":1,"\r":2}
"""
ODD_JSON: tuple[bytes, ...] = (
    b"", b"\xef\xbb\xbf1", b"\xed\xa0\x80", b"\xc0\x80", b'"\x7f"', b'"\x1f"',
    b"[" * 16 + b"]" * 16, b"[" * 17 + b"]" * 17,
    '{"\ufb33":1,"\U0001f600":2}'.encode(), '{"\U0001f600":2,"\ufb33":1}'.encode(),
    *(text.encode() for line in _JSON_LINES.split("\n") for text in line.split("|") if text),
)  # fmt: skip
