/** Bytes: UTF-8 without repairs, hexadecimal, SHA-256. A byte string is always a Uint8Array. */
import { malformed } from "./refusal.js";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The text in `bytes`. Overlong forms, surrogates and cut-off characters are refused, never replaced. */
export function decodeText(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed("内容不是UTF-8文字。");
  }
}

export const encodeText = (text) => encoder.encode(text);

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}

export const equal = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);

/** Where `wanted` first stands in `bytes`, or -1. */
export function indexOf(bytes, wanted) {
  for (let start = bytes.indexOf(wanted[0]); start >= 0; start = bytes.indexOf(wanted[0], start + 1)) {
    if (equal(bytes.subarray(start, start + wanted.length), wanted)) return start;
  }
  return -1;
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** An unsigned number, most significant byte first. */
export const bigEndian = (bytes) => bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
