/**
 * Envelopes (DSSE 1.0.2): a payload and the signatures over its pre-authentication encoding.
 *
 *     {"payload":"eyJk…","payloadType":"application/vnd.yangguang.event+json","signatures":[{"keyid":"d473…","sig":"5VZD…"}]}
 *     signed: DSSEv1 36 application/vnd.yangguang.event+json 812 {"data":{…
 *
 * DSSE leaves a reader two alphabets and any keyid; evidence may have one spelling only, so base64 is canonical, a
 * keyid is the hexadecimal SHA-256 of the key that verifies, and signatures stand in the order of their keyids.
 */
import { decodeBase64 } from "./base64.js";
import { hasExactly } from "./canonical.js";
import { concat, encodeText, hex, sha256 } from "./bytes.js";
import { verify } from "./ed25519.js";
import { Refusal } from "./refusal.js";

export const PAYLOAD_TYPE = "application/vnd.yangguang.event+json";
const MAX_PAYLOAD = 32 * 1024;
const MAX_SIGNATURES = 16;
const KEYID = /^[0-9a-f]{64}$/;
const SIGNATURE_BYTES = 64;

/** The bytes that are signed. Lengths count bytes. */
export function pae(payloadType, payload) {
  const type = encodeText(payloadType);
  return concat(encodeText(`DSSEv1 ${type.length} `), type, encodeText(` ${payload.length} `), payload);
}

/** {payload, signatures: [{keyid, sig}]} of an already strictly parsed JSON value; signatures unverified. */
export function parseEnvelope(value) {
  if (!hasExactly(value, ["payload", "payloadType", "signatures"])) throw invalid("签署的信封字段不对。");
  if (value.payloadType !== PAYLOAD_TYPE) throw invalid("签署内容的类型不对。");
  const payload = decodeField(value.payload);
  if (payload.length > MAX_PAYLOAD) throw new Refusal("too-large", "签署的内容超过32 KiB。");
  if (!Array.isArray(value.signatures)) throw invalid("签名应是列表。");
  const count = value.signatures.length;
  if (count < 1 || count > MAX_SIGNATURES) throw invalid(`签名应有1至${MAX_SIGNATURES}个，这里有${count}个。`);
  const signatures = value.signatures.map(parseSignature);
  const inOrder = signatures.every((each, place) => place === 0 || signatures[place - 1].keyid < each.keyid);
  if (!inOrder) throw invalid("签名没有按密钥编号排序，或有重复。");
  return { payload, signatures };
}

/** Returns only if every signature is by the key of its keyid. `publicKeys` maps keyid to 32 bytes. */
export async function openEnvelope(envelope, publicKeys) {
  const message = pae(PAYLOAD_TYPE, envelope.payload);
  for (const { keyid, sig } of envelope.signatures) {
    const publicKey = publicKeys.get(keyid);
    if (publicKey === undefined) throw new Refusal("unknown-key", `尾号${keyid.slice(-4)}的密钥没有在本账本登记。`);
    // The keyid is not signed: a key listed under another key's id must not count as that key.
    if ((await keyId(publicKey)) !== keyid) throw new Refusal("bad-signature", "密钥与它的编号不符。");
    await verify(publicKey, sig, message);
  }
}

export const keyId = async (publicKey) => hex(await sha256(publicKey));

function parseSignature(value) {
  if (!hasExactly(value, ["keyid", "sig"])) throw invalid("签名的字段不对。");
  if (typeof value.keyid !== "string" || !KEYID.test(value.keyid)) throw invalid("密钥编号应是64位小写十六进制。");
  const sig = decodeField(value.sig);
  if (sig.length !== SIGNATURE_BYTES) throw invalid(`签名应是64字节，这里是${sig.length}字节。`);
  return { keyid: value.keyid, sig };
}

function decodeField(text) {
  if (typeof text !== "string") throw invalid("这里应是文字。");
  return decodeBase64(text);
}

const invalid = (sentence) => new Refusal("invalid-field", sentence);
