/**
 * A refusal: what is wrong with the bytes, as a stable code and one plain sentence.
 * Whatever else is thrown here is a mistake of this program or of the network, and no verdict on the ledger.
 */
export class Refusal extends Error {
  /** @param {string} code such as "malformed" @param {string} sentence in Chinese, ending in 。 */
  constructor(code, sentence) {
    super(sentence);
    this.name = "Refusal";
    this.code = code;
  }
}

/** Bytes that do not parse, or would not format back to the same bytes. */
export const malformed = (sentence) => new Refusal("malformed", sentence);

/** Bytes that parse and do not prove what they should. */
export const unproved = (sentence) => new Refusal("bad-proof", sentence);
