/**
 * Signed notes (C2SP signed-note): a text and the signatures under it.
 *
 *     This is an example message.
 *                                           an empty line, the last one in the note
 *     — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
 *
 * A verifier key is one line, name+key id+base64(type byte || public key):
 *
 *     example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k
 *
 * Nothing in a parsed note may be believed; `openNote` alone returns signatures that hold.
 */
import { decodeBase64 } from "./base64.js";
import { concat, decodeText, encodeText, hex, sha256 } from "./bytes.js";
import { checkPublicKey, verify } from "./ed25519.js";
import { Refusal, malformed, unproved } from "./refusal.js";

export const ED25519 = 0x01;
export const COSIGNATURE_ED25519 = 0x04;
export const ML_DSA_44 = 0x06;
const KEY_BYTES = new Map([[ED25519, 32], [COSIGNATURE_ED25519, 32], [ML_DSA_44, 1312]]);
const MAX_NOTE_BYTES = 1024 * 1024;
const MAX_SIGNATURES = 100;
const LINE = /^— ([^ ]*) ([^ ]*)$/;
const KEY_NAME = /^[^\p{White_Space}+\u0000-\u001f\p{Cs}]+$/u;
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/** {text, signatures: [{name, keyId, signature}]}, unverified. A key id is 8 hexadecimal digits. */
export function parseNote(bytes) {
  if (bytes.length > MAX_NOTE_BYTES) throw new Refusal("too-large", "签名文本超过1 MiB。");
  const content = decodeText(bytes);
  const end = content.lastIndexOf("\n\n");
  if (end < 0 || !content.endsWith("\n") || end + 2 === content.length) throw malformed("签名文本缺少空行或签名行。");
  const text = content.slice(0, end + 1);
  if (CONTROL.test(text)) throw malformed("签名文本里有控制字符。");
  const lines = content.slice(end + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw malformed(`签名超过${MAX_SIGNATURES}个。`);
  return { text, signatures: lines.map(parseLine) };
}

/** {name, algorithm, publicKey, keyId, vkey} of a vkey line, whose key id must be its own. */
export async function parseVkey(vkey) {
  const [name, keyId, ...rest] = vkey.split("+");
  const key = decodeBase64(rest.join("+"));
  const [algorithm, publicKey] = [key[0], key.subarray(1)];
  if (!KEY_NAME.test(name)) throw malformed("公钥的名字不能用。");
  if (KEY_BYTES.get(algorithm) !== publicKey.length) throw malformed(`${name}的公钥长度与算法不符。`);
  const own = hex(await sha256(concat(encodeText(`${name}\n`), key))).slice(0, 8);
  if (keyId !== own) throw malformed(`${name}的公钥编号与内容不符。`);
  return { name, algorithm, publicKey, keyId, vkey };
}

/** A key that may verify a log's own signature line: Ed25519, and a sound point. */
export async function parseLogVkey(vkey) {
  const key = await parseVkey(vkey);
  if (key.algorithm !== ED25519) throw new Refusal("invalid-key", `${key.name}的公钥算法不是Ed25519（0x01）。`);
  checkPublicKey(key.publicKey);
  return key;
}

/**
 * {text, keys, signatures}: of a note's lines those by `keys`, all of which must verify and at least one must be there;
 * the result's keys are those that signed. Lines by anyone else are ignored. `check(key, text, signature)` verifies one.
 */
export async function openNote(bytes, keys, check = checkPlain) {
  const note = parseNote(bytes);
  const known = byNameAndId(keys);
  const verified = new Map();
  for (const signature of note.signatures) {
    const pair = `${signature.name}+${signature.keyId}`;
    const key = known.get(pair);
    if (key === undefined) continue;
    await checkLine(key, note.text, signature, check);
    if (!verified.has(pair)) verified.set(pair, { key, signature });
  }
  if (verified.size === 0) throw unproved("没有一个签名出自认可的密钥。");
  const found = [...verified.values()];
  return { text: note.text, keys: found.map((each) => each.key), signatures: found.map((each) => each.signature) };
}

const checkPlain = (key, text, signature) => verify(key.publicKey, signature, encodeText(text));

async function checkLine(key, text, signature, check) {
  try {
    await check(key, text, signature.signature);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw unproved(`${signature.name}+${signature.keyId}的签名与文本不符。`);
  }
}

function byNameAndId(keys) {
  const known = new Map(keys.map((key) => [`${key.name}+${key.keyId}`, key]));
  // Anyone can make a key with a given key id; which of two was meant must not be guessed.
  if (known.size !== keys.length) throw unproved("两把认可的密钥同名同编号。");
  return known;
}

function parseLine(line) {
  const parts = LINE.exec(line);
  if (parts === null || !KEY_NAME.test(parts[1])) throw malformed(`“${line.slice(0, 40)}”不是签名行。`);
  const data = decodeBase64(parts[2]);
  if (data.length <= 4) throw malformed(`“${line.slice(0, 40)}”不是签名行。`);
  return { name: parts[1], keyId: hex(data.subarray(0, 4)), signature: data.subarray(4) };
}
