/**
 * A beneficiary's slip: what one sealed row of an entry says, on paper in the hands of the person it is about.
 *
 *     https://ledger.example/verify#slip=<event id>.<disclosure>&entry=<index>
 *
 * Everything stands after the #, which a browser never sends. The index is only a hint where to look; the event id names
 * the entry, and through the tree head that its author signed also the ledger before it.
 */
import { digestOf, parseDisclosure } from "./disclosure.js";
import { laterEntries, locate } from "./finding.js";
import { Refusal, unproved } from "./refusal.js";
import { nth } from "./words.js";

const SLIP = /slip=([0-9a-f]{64})\.([A-Za-z0-9_-]+)(?:&(?:amp;)?entry=([0-9]{1,15}))?/;
const MENTION = /slip=[0-9A-Za-z]/;
const MOST_READ_AFTER = 20000;

/** {eventId, disclosure, hint} of the first slip in a text, or null where there is none. */
export function findSlip(text) {
  const parts = SLIP.exec(text) ?? SLIP.exec(text.replace(/\s/g, ""));
  if (parts !== null) return { eventId: parts[1], disclosure: parts[2], hint: parts[3] === undefined ? null : Number(parts[3]) };
  if (MENTION.test(text)) throw unproved("凭条的网址不完整。请重新扫码，或把整个网址粘贴进来。");
  return null;
}

/** {entry, row}: the entry (with its `index`) in whose sealed list the slip's content stands. */
export async function openSlip(ledger, { eventId, disclosure, hint }) {
  const row = readRow(disclosure);
  const isMeant = (entry) => entry.eventId === eventId;
  const entry = await locate(ledger, isMeant, { hints: hint === null ? [] : [hint], newestFirst: true });
  if (entry === null) {
    throw unproved("账本里没有凭条所说的那一条。凭条可能抄错了、被改动过，或者是另一本账的。请向发凭条的人当面核实。");
  }
  if (!entry.payload.sealed.includes(await digestOf(disclosure))) {
    throw unproved(`${nth(entry.index)}里没有封存凭条上的内容：凭条被改动过，或者不是这一条的。请不要采信，并告诉监督机构。`);
  }
  if (row.kind === "decoy") throw unproved(`它是${nth(entry.index)}里补足数目用的空项，不是任何人的内容。`);
  return { entry, row };
}

/** The later entries of the same record, or null where there is too much to read on a phone. */
export async function changesSince(ledger, entry) {
  if (ledger.size - entry.index > MOST_READ_AFTER) return null;
  return laterEntries(ledger, entry.payload.record, entry.index + 1);
}

function readRow(disclosure) {
  try {
    return parseDisclosure(disclosure);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw unproved("凭条上的内容不完整或抄错了，读不出来。请重新扫码，或把整个网址粘贴进来。");
  }
}
