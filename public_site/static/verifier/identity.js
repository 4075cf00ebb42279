/** Whose log it is: its origin and key from entry 0, and how large it says that it is. */
import { decodeText } from "./bytes.js";
import { parseCheckpoint } from "./checkpoint.js";
import { readEntry } from "./entry.js";
import { ED25519, ML_DSA_44, parseLogVkey, parseNote, parseVkey } from "./note.js";
import { Refusal, malformed, unproved } from "./refusal.js";
import { TileReader } from "./tile.js";

/** {genesis, origin, key, opening}: `genesis` the event id of entry 0, `key` the log key it names. */
export async function readIdentity(bytes) {
  const opening = await readEntry(bytes);
  const { data, log, type } = opening.payload;
  if (type !== "ledger.opened") throw malformed("第0条不是启用账本。");
  const vkeys = Array.isArray(data.log_vkeys) ? await Promise.all(data.log_vkeys.map(String).map(parseVkey)) : [];
  const signing = vkeys.filter((key) => key.algorithm === ED25519);
  if (data.origin !== log || signing.length !== 1 || vkeys.some((key) => key.name !== log)) {
    throw malformed("第0条写的账本地址名或账本公钥不对。");
  }
  return { genesis: opening.eventId, origin: log, key: await parseLogVkey(signing[0].vkey), opening };
}

/**
 * The ledger as published now: {log, note, claim, size, reader, identity, listed}. `claim` is the checkpoint, not yet
 * believed, and `listed` the vkeys of the file `vkey`, the current one first.
 */
export async function readLedger(log) {
  const note = await log.file("checkpoint");
  const claim = parseCheckpoint(parseNote(note).text);
  if (claim.treeSize === 0n) throw new Refusal("missing", "账本里还没有账目。");
  if (claim.treeSize > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed("签章写的条数大得不可能。");
  const size = Number(claim.treeSize);
  const identity = await readIdentity(await log.entry(0, size));
  const reader = new TileReader((level, index, width) => log.tile(level, index, width), size);
  return { log, note, claim, size, reader, identity, listed: await listedVkeys(log) };
}

const algorithmOf = (line) => parseVkey(line).then((key) => key.algorithm, () => null);

async function listedVkeys(log) {
  let lines;
  try {
    lines = decodeText(await log.file("vkey")).trimEnd().split("\n");
  } catch (error) {
    if (error instanceof Refusal && error.code === "missing") return [];
    throw error;
  }
  if (lines.length > 100) throw unproved("账本公钥列得太多。");
  // Keys of ML-DSA-44 stand there too; a browser cannot check with them.
  const keys = await Promise.all(lines.map(async (line) => [line, await algorithmOf(line)]));
  return keys.filter(([, algorithm]) => algorithm !== ML_DSA_44).map(([line]) => line);
}
