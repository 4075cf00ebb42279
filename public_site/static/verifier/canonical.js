/**
 * Canonical JSON: RFC 8785 for the values that a ledger may hold (no fractions, integers within ±(2^53-1)).
 *
 * What was signed is parsed and written out again; unless the very same bytes come back, it is refused. That one
 * comparison finds repeated names, other orders, spaces, other spellings of numbers and characters.
 */
import { decodeText } from "./bytes.js";
import { Refusal, malformed } from "./refusal.js";

const MAX_DEPTH = 16;
const SURROGATE = /\p{Cs}/u;
// Control, surrogate, private-use and invisible characters, all bidirectional controls among them; ZWNJ and ZWJ may
// stand, because scripts and emoji need them. Whether a character is assigned was asked when the entry was admitted.
const HIDDEN = /[\p{Cc}\p{Cs}\p{Co}]|(?![\u200c\u200d])\p{Cf}/u;
const HIDDEN_BUT_LINE_FEED = /(?!\n)[\p{Cc}\p{Cs}\p{Co}]|(?![\u200c\u200d])\p{Cf}/u;

/** The value whose canonical form is exactly `bytes`. */
export function parseCanonical(bytes, maxBytes) {
  if (bytes.length > maxBytes) throw new Refusal("too-large", `内容有${bytes.length}字节，超过上限${maxBytes}字节。`);
  const text = decodeText(bytes);
  const value = parseJson(text);
  if (canonicalText(value) !== text) throw malformed("内容不是规范写法（RFC 8785）。");
  return value;
}

/** JSON as ECMAScript reads it, for files that need not be canonical, such as a kept receipt. */
export function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed("内容不是合格的JSON。");
  }
}

/** RFC 8785 is ECMAScript's own JSON.stringify with the names in the order of their UTF-16 code units. */
export function canonicalText(value, depth = 0) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return integer(value);
  if (typeof value === "string") return quoted(value);
  if (depth === MAX_DEPTH) throw malformed(`内容嵌套超过${MAX_DEPTH}层。`);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalText(item, depth + 1)).join(",")}]`;
  const members = Object.keys(value).sort().map((name) => `${quoted(name)}:${canonicalText(value[name], depth + 1)}`);
  return `{${members.join(",")}}`;
}

/** Refuses characters that could hide something, in names as well as in values, and text that is not in NFC. */
export function checkStrings(value, { lineFeeds = false } = {}) {
  if (typeof value === "string") checkText(value, lineFeeds);
  else if (Array.isArray(value)) value.forEach((item) => checkStrings(item, { lineFeeds }));
  else if (value !== null && typeof value === "object") {
    for (const [name, item] of Object.entries(value)) {
      checkText(name, false);
      checkStrings(item, { lineFeeds });
    }
  }
}

/** Whether `value` is an object with exactly these names. */
export const hasExactly = (value, names) => isObject(value) && sorted(Object.keys(value)) === sorted(names);

export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

const sorted = (names) => JSON.stringify([...names].sort());

function checkText(text, lineFeeds) {
  if ((lineFeeds ? HIDDEN_BUT_LINE_FEED : HIDDEN).test(text)) throw malformed("文字里有不能使用的字符。");
  if (text.normalize("NFC") !== text) throw malformed("文字不是NFC写法。");
}

function integer(number) {
  if (!Number.isSafeInteger(number)) throw malformed("不能使用小数、指数，或超出±(2^53−1)的整数。");
  return String(number); // negative zero becomes "0" and so differs from what was written
}

function quoted(text) {
  if (SURROGATE.test(text)) throw malformed("文字里有半个字符。");
  return JSON.stringify(text);
}
