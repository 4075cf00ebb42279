/**
 * Checkpoints (C2SP tlog-checkpoint): the size and root of a log, as a signed note.
 *
 *     ledger.example/sanpai                               the origin: which log
 *     20852163                                            tree size, decimal
 *     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=        root hash, base64 of 32 bytes
 *
 * Sizes are BigInts: the format allows more than a JavaScript number can count.
 */
import { decodeBase64 } from "./base64.js";
import { equal } from "./bytes.js";
import { EMPTY_ROOT, HASH_BYTES } from "./merkle.js";
import { openNote } from "./note.js";
import { malformed, unproved } from "./refusal.js";

export const MAX_TREE_SIZE = 2n ** 63n - 1n;
const DECIMAL = /^(0|[1-9][0-9]{0,18})$/;
const LINE = /^[^\u0000-\u001f]+$/;

/** {origin, treeSize, rootHash, extensions} of a note's text, which is only a claim. */
export function parseCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length < 3) throw malformed("签章至少应有三行：账本、条数、总指纹。");
  const [origin, size, root, ...extensions] = lines;
  if (![origin, ...extensions].every((line) => LINE.test(line))) throw malformed("签章里有空行或控制字符。");
  const treeSize = parseDecimal(size);
  const rootHash = decodeBase64(root);
  if (rootHash.length !== HASH_BYTES) throw malformed("签章里的总指纹不是32字节。");
  if (treeSize === 0n && !equal(rootHash, EMPTY_ROOT)) throw unproved("签章写的是空账本，总指纹却不是空账本的。");
  return { origin, treeSize, rootHash, extensions };
}

/** The checkpoint of the log `origin`, signed by one of the log's own `keys`; with the keys that signed it. */
export async function openCheckpoint(bytes, { origin, keys }) {
  const note = await openNote(bytes, keys);
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== origin) throw unproved(`签章属于账本“${checkpoint.origin}”，而不是“${origin}”。`);
  return { ...checkpoint, text: note.text, keys: note.keys };
}

/** A decimal number from 0 to 2**63 - 1 without sign or leading zero. */
export function parseDecimal(text) {
  if (!DECIMAL.test(text) || BigInt(text) > MAX_TREE_SIZE) throw malformed(`“${text.slice(0, 40)}”不是合格的十进制数。`);
  return BigInt(text);
}
