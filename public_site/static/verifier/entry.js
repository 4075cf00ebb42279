/**
 * The entry: the bytes of one leaf, an envelope and the writer's clock when it was admitted.
 *
 *     {"envelope":{"payload":"eyJ…","payloadType":"application/vnd.yangguang.event+json","signatures":[…]},
 *      "recorded_at":"2026-01-02T03:04:05.678Z"}
 */
import { hex, sha256 } from "./bytes.js";
import { hasExactly, parseCanonical } from "./canonical.js";
import { parseEnvelope } from "./envelope.js";
import { parsePayload } from "./payload.js";
import { malformed } from "./refusal.js";
import { BEIJING } from "./words.js";

const MAX_ENTRY = 65535;
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;

/** {envelope, recordedAt (milliseconds)} of leaf bytes; signatures are not checked here. */
export function parseEntry(bytes) {
  const value = parseCanonical(bytes, MAX_ENTRY);
  if (!hasExactly(value, ["envelope", "recorded_at"])) throw malformed("账目应有envelope和recorded_at两栏。");
  return { envelope: parseEnvelope(value.envelope), recordedAt: parseTime(value.recorded_at) };
}

/** The entry with its payload parsed, and `eventId`, the hexadecimal SHA-256 of the payload. */
export async function readEntry(bytes) {
  const entry = parseEntry(bytes);
  const eventId = hex(await sha256(entry.envelope.payload));
  return { ...entry, bytes, eventId, payload: parsePayload(entry.envelope.payload) };
}

/** The Beijing day of a moment, like 2023-05-14: "day" everywhere in the ledger. */
export const dayOf = (milliseconds) => new Date(milliseconds + BEIJING).toISOString().slice(0, 10);

function parseTime(text) {
  const moment = typeof text === "string" && TIME.test(text) ? Date.parse(text) : NaN;
  // A date such as 30 February would come back as another; there is no year 0.
  if (Number.isNaN(moment) || new Date(moment).toISOString() !== text || text.startsWith("0000")) {
    throw malformed("记入时间的写法不对。");
  }
  return moment;
}
