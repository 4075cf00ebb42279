/**
 * Tiles and entry bundles: the files of a published log (C2SP tlog-tiles).
 *
 *     tile/0/x001/067            256 leaf hashes, 8192 bytes: entries 273152 to 273407
 *     tile/1/000.p/17            17 hashes, each over 256 entries
 *     tile/entries/x001/067.p/8  8 entries, each a big-endian 16-bit length and its bytes
 */
import { HASH_BYTES, nodeHash } from "./merkle.js";
import { malformed, unproved } from "./refusal.js";

export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
export const ENTRIES = "entries";

/** The path under the log prefix. `level` is a number or ENTRIES. */
export function tilePath(level, index, width) {
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  }
  return `tile/${level}/${groups.join("/")}${width < TILE_WIDTH ? `.p/${width}` : ""}`;
}

/** The `width` hashes of a tile. */
export function parseHashTile(bytes, width) {
  if (bytes.length !== width * HASH_BYTES) throw malformed(`指纹文件应有${width * HASH_BYTES}字节，这里是${bytes.length}。`);
  return Array.from({ length: width }, (_, slot) => bytes.subarray(slot * HASH_BYTES, (slot + 1) * HASH_BYTES));
}

/** The entries of a bundle of exactly `width`, nothing after them. */
export function parseBundle(bytes, width) {
  const { entries, end } = readEntries(bytes, width);
  if (end !== bytes.length) throw malformed(`账目文件在第${width}条之后还有${bytes.length - end}字节。`);
  return entries;
}

/** The bundle of the first `width` entries: every partial one is a prefix of the wider ones. */
export const truncateBundle = (bytes, width) => bytes.subarray(0, readEntries(bytes, width).end);

/**
 * A reader of tree hashes over the tiles of a log of `size` entries. `fetchTile(level, index, width)` answers with the
 * bytes of exactly that tile. Of the seven levels between two levels of tiles the nodes are computed here.
 */
export class TileReader {
  #fetchTile;
  #size;
  #rows = new Map();

  constructor(fetchTile, size) {
    this.#fetchTile = fetchTile;
    this.#size = size;
  }

  async read(level, index) {
    if ((index + 1) * 2 ** level > this.#size) throw unproved(`${this.#size}条的账本没有这个子树。`);
    const height = level % TILE_HEIGHT;
    const slots = TILE_WIDTH / 2 ** height;
    const rows = await this.#rowsOf((level - height) / TILE_HEIGHT, Math.floor(index / slots));
    return rows[height][index % slots];
  }

  #rowsOf(level, index) {
    const name = `${level}/${index}`;
    if (!this.#rows.has(name)) this.#rows.set(name, this.#readRows(level, index));
    return this.#rows.get(name);
  }

  async #readRows(level, index) {
    const width = Math.min(TILE_WIDTH, Math.floor(this.#size / TILE_WIDTH ** level) - index * TILE_WIDTH);
    const rows = [parseHashTile(await this.#fetchTile(level, index, width), width)];
    while (rows.length < TILE_HEIGHT) {
      const below = rows.at(-1);
      const pairs = Array.from({ length: Math.floor(below.length / 2) }, (_, at) => [below[2 * at], below[2 * at + 1]]);
      rows.push(await Promise.all(pairs.map(([left, right]) => nodeHash(left, right))));
    }
    return rows;
  }
}

function readEntries(bytes, width) {
  const entries = [];
  let position = 0;
  while (entries.length < width) {
    const start = position + 2;
    const end = start + (bytes[position] << 8 | bytes[position + 1]);
    if (start > bytes.length || end > bytes.length) throw malformed(`账目文件在第${entries.length + 1}条处中断，应有${width}条。`);
    entries.push(bytes.subarray(start, end));
    position = end;
  }
  return { entries, end: position };
}
