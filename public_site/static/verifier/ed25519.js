/** Ed25519 signatures: the browser computes, `curve.js` first refuses what verifiers may judge differently. */
import { concat, encodeText, hex } from "./bytes.js";
import { isPoint, isScalar, isSmallOrder, isSoundKey } from "./curve.js";
import { Refusal } from "./refusal.js";

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const keys = new Map();

/** Returns only if `signature` is that of `publicKey` over `message`, all byte strings. */
export async function verify(publicKey, signature, message) {
  const fits = publicKey.length === KEY_BYTES && signature.length === SIGNATURE_BYTES;
  if (fits && !isSmallOrder(signature.subarray(0, 32)) && isScalar(signature.subarray(32))) {
    const key = await imported(publicKey);
    if (key !== null && (await crypto.subtle.verify("Ed25519", key, signature, message))) return;
  }
  throw new Refusal("bad-signature", "签名与内容不符。");
}

/** Refuses a key that must never be enrolled. */
export function checkPublicKey(publicKey) {
  if (publicKey.length !== KEY_BYTES || !isSoundKey(publicKey)) {
    throw new Refusal("invalid-key", "这不是合格的Ed25519公钥（不在曲线上、写法不规范或阶数过小）。");
  }
}

/** Refuses a new key whose holder did not sign for this ledger, holder and line (the base64 key, or a log key's vkey). */
export async function checkPossession(publicKey, possession, { origin, holder, line }) {
  checkPublicKey(publicKey);
  const lines = ["yangguang-key-possession/v1", origin, holder, line];
  await verify(publicKey, possession, encodeText(lines.map((each) => `${each}\n`).join("")));
}

/** Whether this browser can check Ed25519 here: it must be new enough, and the page from https or from this device. */
export async function isSupported() {
  try {
    // RFC 8032, section 7.1, TEST 1: the empty message.
    const key = bytesOf("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    const r = bytesOf("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155");
    const s = bytesOf("5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
    await verify(key, concat(r, s), new Uint8Array());
    return true;
  } catch {
    return false;
  }
}

/** The browser's key, or null for bytes that are no usable point. Each key is looked at once. */
async function imported(publicKey) {
  const name = hex(publicKey);
  if (!keys.has(name)) {
    const usable = isPoint(publicKey);
    keys.set(name, usable ? await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]) : null);
  }
  return keys.get(name);
}

const bytesOf = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
