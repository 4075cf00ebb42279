/**
 * Base64 with exactly one text for each byte string (RFC 4648).
 *
 *     AA==    one zero byte, as in notes, proofs and envelopes (section 4)
 *     AB==    refused: the same byte, written another way
 *     AA      one zero byte, as in disclosures and their digests (section 5, no padding)
 */
import { malformed } from "./refusal.js";

const URL_ALPHABET = /^[A-Za-z0-9_-]*$/;

export const encodeBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** The bytes that encode to exactly `text`: atob forgives spaces, missing padding and spare bits, evidence may not. */
export function decodeBase64(text) {
  const bytes = forgivingDecode(text);
  if (bytes === null || encodeBase64(bytes) !== text) throw malformed(`“${text.slice(0, 40)}”不是规范的base64。`);
  return bytes;
}

export const encodeBase64Url = (bytes) =>
  encodeBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** The bytes that encode to exactly `text`, which is not quoted where it is wrong: it may hold a secret. */
export function decodeBase64Url(text) {
  const bytes = URL_ALPHABET.test(text) ? forgivingDecode(text.replaceAll("-", "+").replaceAll("_", "/")) : null;
  if (bytes === null || encodeBase64Url(bytes) !== text) throw malformed("这里不是规范的base64url（不带补齐符）。");
  return bytes;
}

function forgivingDecode(text) {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
