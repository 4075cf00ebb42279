/**
 * Disclosures (as in RFC 9901): values that a signed entry holds as salted digests only.
 *
 *     row      ["<salt>",{"name":"…","vault_key":"0f3c…"}]
 *     field    ["<salt>","who",{"name":"…","vault_key":"0f3c…"}]
 *     decoy    ["<salt>"]
 *     text     WyJ…XQ            base64url without padding of the array's canonical JSON
 *     digest   X9yH0Ajr…DLWaQ    base64url without padding of the SHA-256 of the text
 */
import { decodeBase64Url, encodeBase64Url } from "./base64.js";
import { encodeText, sha256 } from "./bytes.js";
import { checkStrings, parseCanonical } from "./canonical.js";
import { Refusal, malformed } from "./refusal.js";

const MAX_DISCLOSURE = 64 * 1024;
const FIELD_NAME = /^[a-z][a-z0-9_]{0,63}$/;
/** 43 characters carry 258 bits: the last two must be zero, or 256 bits would have four spellings. */
export const DIGEST = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** {kind: "row" | "field" | "decoy", name, value, salt} of a disclosure's text. Refusals never quote it. */
export function parseDisclosure(text) {
  if (text.length > MAX_DISCLOSURE) throw new Refusal("too-large", "封存的内容太长。");
  const array = parseCanonical(decodeBase64Url(text), MAX_DISCLOSURE);
  const salt = Array.isArray(array) && array.length >= 1 && array.length <= 3 ? array[0] : null;
  if (typeof salt !== "string" || !DIGEST.test(salt)) throw malformed("封存的内容应以43个字符的随机数开头。");
  const disclosure = fromArray(array, salt);
  checkStrings(disclosure.value, { lineFeeds: true });
  return disclosure;
}

/** The digest that the signed entry lists for a disclosure's text. */
export const digestOf = async (text) => encodeBase64Url(await sha256(encodeText(text)));

/** Refuses a list that is not canonical digests in ASCII order, none twice. */
export function checkDigestList(digests) {
  digests.forEach((digest, place) => {
    if (typeof digest !== "string" || !DIGEST.test(digest)) throw malformed("指纹应是43个base64url字符。");
    if (place > 0 && digests[place - 1] >= digest) throw malformed("指纹没有按顺序排列，或有重复。");
  });
}

function fromArray(array, salt) {
  if (array.length === 1) return { kind: "decoy", name: null, value: null, salt };
  if (array.length === 2) return { kind: "row", name: null, value: array[1], salt };
  if (typeof array[1] !== "string" || !FIELD_NAME.test(array[1])) throw malformed("封存内容的字段名不对。");
  return { kind: "field", name: array[1], value: array[2], salt };
}
