/** Checks run and put into words: one function for each thing that a reader can ask for. Each returns elements. */
import { clockOf } from "./entry.js";
import { isPinned } from "./head.js";
import { checkKept, checkReceipt, entryAt, findEvent } from "./held.js";
import { readIdentity, readLedger } from "./identity.js";
import { Unreachable } from "./log.js";
import { Refusal } from "./refusal.js";
import { replayLedger } from "./replay.js";
import { NOT_COVERED, checkEntry, checkWitnesses, run } from "./single.js";
import { readEntryPage } from "./page_words.js";
import { element, entryLink, factList, list, note, stepList, verdict } from "./view.js";
import { counted, nth } from "./words.js";
