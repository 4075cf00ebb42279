/**
 * Cosignatures of witnesses (C2SP tlog-cosignature), type 0x04: timestamped Ed25519.
 *
 *     cosignature/v1
 *     time 1679315147
 *     ledger.example/sanpai               from here on the text of the checkpoint, its last line feed included
 *
 * The signature line carries 8 bytes of time, most significant first, and then the 64 bytes of the signature.
 */
import { bigEndian, encodeText } from "./bytes.js";
import { MAX_TREE_SIZE } from "./checkpoint.js";
import { verify } from "./ed25519.js";
import { COSIGNATURE_ED25519, openNote, parseNote, parseVkey } from "./note.js";
import { Refusal, malformed } from "./refusal.js";

const TIME_BYTES = 8;

/** The key of a witness's vkey. */
export async function parseWitnessVkey(vkey) {
  const key = await parseVkey(vkey);
  if (key.algorithm !== COSIGNATURE_ED25519) throw new Refusal("invalid-key", `${key.name}的公钥不是联署用的（0x04）。`);
  return key;
}

/** [{name, time}] of those `keys` that cosigned the checkpoint `note`; `time` in seconds. A false line is refused. */
export async function openCosignatures(note, keys) {
  const opened = await openNote(note, keys, checkCosignature);
  return opened.keys.map((key, place) => ({ name: key.name, time: timeOf(opened.signatures[place].signature) }));
}

/** Whether any line of the note claims to be by one of the keys. */
export const isCosigned = (note, keys) =>
  parseNote(note).signatures.some(({ name, keyId }) => keys.some((key) => key.name === name && key.keyId === keyId));

async function checkCosignature(key, text, signature) {
  const message = `cosignature/v1\ntime ${timeOf(signature)}\n${text}`;
  await verify(key.publicKey, signature.subarray(TIME_BYTES), encodeText(message));
}

function timeOf(signature) {
  const time = bigEndian(signature.subarray(0, TIME_BYTES));
  if (signature.length <= TIME_BYTES || time > MAX_TREE_SIZE) throw malformed("联署的时间不对。");
  return time;
}
