/** The published files of a log, fetched from under its prefix: bytes by path, with nothing believed. */
import { HASH_BYTES } from "./merkle.js";
import { Refusal } from "./refusal.js";
import { ENTRIES, TILE_WIDTH, parseBundle, tilePath, truncateBundle } from "./tile.js";
import { nth } from "./words.js";

const GONE = [404, 410];
const KEPT_BUNDLES = 64;

/** Nobody answered, so nothing was found out about the ledger. */
export class Unreachable extends Error {}

export class PublishedLog {
  #prefix;
  #bundles = new Map();

  /** @param {string | URL} prefix an address that ends in a slash, such as https://ledger.example/log/ */
  constructor(prefix) {
    this.#prefix = new URL(prefix);
  }

  /** The bytes of a file. A missing one is refused; where nobody answers, Unreachable. */
  async file(path) {
    let answer;
    try {
      answer = await fetch(new URL(path, this.#prefix), { credentials: "omit", cache: cacheOf(path) });
    } catch {
      throw new Unreachable(`没有读到${path}。请检查网络，然后再试一次。`);
    }
    if (GONE.includes(answer.status)) throw new Refusal("missing", `公布的文件里缺少${path}。`);
    if (!answer.ok) throw new Unreachable(`网站没有给出${path}（${answer.status}）。请稍后再试。`);
    return new Uint8Array(await answer.arrayBuffer());
  }

  /** The bytes of a tile or bundle; where a partial one is gone, that much of the full one. */
  async tile(level, index, width) {
    try {
      return await this.file(tilePath(level, index, width));
    } catch (error) {
      if (!(error instanceof Refusal) || width === TILE_WIDTH) throw error;
    }
    const full = await this.file(tilePath(level, index, TILE_WIDTH));
    return level === ENTRIES ? truncateBundle(full, width) : full.subarray(0, width * HASH_BYTES);
  }

  /** The entries of bundle number `index` in a log of `size`, as byte strings. */
  bundle(index, size) {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
    const name = `${index}/${width}`;
    if (!this.#bundles.has(name)) {
      if (this.#bundles.size >= KEPT_BUNDLES) this.#bundles.clear();
      this.#bundles.set(name, this.tile(ENTRIES, index, width).then((bytes) => parseBundle(bytes, width)));
    }
    return this.#bundles.get(name);
  }

  /** The bytes of one entry. */
  async entry(index, size) {
    if (index >= size) throw new Refusal("missing", `账本只有${size}条，没有${nth(index)}。`);
    return (await this.bundle(Math.floor(index / TILE_WIDTH), size))[index % TILE_WIDTH];
  }
}

/** Tiles never change; the checkpoint and the list of keys do, and an old copy would be an old ledger. */
const cacheOf = (path) => (path.startsWith("tile/") ? "default" : "no-store");
