/**
 * One file that proves one entry offline (C2SP tlog-proof): index, inclusion proof, checkpoint.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra <base64>                                      optional, opaque, not authenticated: here the entry
 *     index 73894
 *     gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=        the leaf's sibling first, then upwards
 *
 * After these, an empty line and the whole signed checkpoint, byte for byte.
 */
import { decodeBase64 } from "./base64.js";
import { decodeText, indexOf } from "./bytes.js";
import { openCheckpoint, parseCheckpoint, parseDecimal } from "./checkpoint.js";
import { HASH_BYTES, checkInclusion, leafHash } from "./merkle.js";
import { parseNote } from "./note.js";
import { Refusal, malformed } from "./refusal.js";

export const FIRST_LINE = "c2sp.org/tlog-proof@v1";
const MAX_HASHES = 63;
const MAX_PROOF_BYTES = 2 * 1024 * 1024;
const ASCII = /^[\u0000-\u007f]*$/;
const EMPTY_LINE = Uint8Array.of(10, 10);

/** {index, hashes, checkpoint, extra}, unverified: `index` a BigInt, `checkpoint` the whole note, `extra` bytes or null. */
export function parseProof(bytes) {
  if (bytes.length > MAX_PROOF_BYTES) throw new Refusal("too-large", "证明超过2 MiB。");
  const end = indexOf(bytes, EMPTY_LINE);
  if (end < 0) throw badHeader();
  const header = decodeText(bytes.subarray(0, end));
  const lines = header.split("\n");
  if (!ASCII.test(header) || lines.shift() !== FIRST_LINE) throw badHeader();
  const extra = lines[0]?.startsWith("extra ") ? decodeBase64(lines.shift().slice(6)) : null;
  if (!lines[0]?.startsWith("index ")) throw badHeader();
  const index = parseDecimal(lines.shift().slice(6));
  const hashes = lines.map(decodeBase64);
  if (hashes.length > MAX_HASHES || hashes.some((hash) => hash.length !== HASH_BYTES)) {
    throw malformed(`证明至多有${MAX_HASHES}个指纹，每个32字节。`);
  }
  const checkpoint = bytes.subarray(end + 2);
  parseCheckpoint(parseNote(checkpoint).text);
  return { index, hashes, checkpoint, extra };
}

/** `entry` is number `proof.index` of the log `origin`; the checkpoint, by one of the log's `keys`, that says so. */
export async function checkProof(proof, { entry, origin, keys }) {
  const checkpoint = await openCheckpoint(proof.checkpoint, { origin, keys });
  const leaf = await leafHash(entry);
  await checkInclusion(proof.index, checkpoint.treeSize, { leaf, proof: proof.hashes, root: checkpoint.rootHash });
  return checkpoint;
}

const badHeader = () => malformed("这不是一份收录证明：开头的几行不对。");
