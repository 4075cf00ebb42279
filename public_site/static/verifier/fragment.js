/**
 * What stands after the # of an address, which a browser keeps to itself: what to check, and what the reader pins.
 *
 *     #entry=811      #genesis=9f3c…&vkey=ledger.example%2Fsanpai%2B0be4…      #slip=…&entry=811
 */
const PINS = ["genesis", "vkey", "witness"];

/** The parts by name. A plus sign stands for itself, as a vkey has two. */
export function readFragment(fragment) {
  const parts = fragment.replace(/^#/, "").split("&").filter((part) => part.includes("="));
  return Object.fromEntries(parts.map((part) => [part.slice(0, part.indexOf("=")), decoded(part.slice(part.indexOf("=") + 1))]));
}

/** {genesis, vkey, witnesses} as `checkEntry` and `isPinned` take them; empty ones are left out. */
export function pinsIn({ genesis = "", vkey = "", witness = "" }) {
  const witnesses = witness.split(/\s+/).filter((each) => each !== "");
  return { genesis: genesis.trim().toLowerCase(), vkey: vkey.trim(), witnesses };
}

/** The fragment that keeps the pins and nothing else, so that a bookmark remembers them and a slip is forgotten. */
export function pinFragment(parts) {
  const kept = PINS.filter((name) => parts[name]?.trim()).map((name) => `${name}=${encodeURIComponent(parts[name].trim())}`);
  return kept.length > 0 ? `#${kept.join("&")}` : "";
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
