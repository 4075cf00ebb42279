/** The page /verify: forms that run checks on this device, and what stands after the # of the address. */
import { isSupported } from "./ed25519.js";
import { pinFragment, pinsIn, readFragment } from "./fragment.js";
import { recognise } from "./held.js";
import { PublishedLog } from "./log.js";
import { checkpointResult, eventResult, failure, numberResult, receiptResult, wholeResult } from "./results.js";
import { slipResult } from "./slip_result.js";
import { element, show } from "./view.js";
import { offeredWitnesses } from "./page_words.js";
import { counted } from "./words.js";

/** The site's address: this module lies two folders below it, wherever the site itself is. */
const BASE = new URL("../../", import.meta.url);
const PINS = ["genesis", "vkey", "witness"];
const at = (id) => document.getElementById(id);
let running = 0;

start();

async function start() {
  if (!(await isSupported())) {
    at("no-script").textContent = "这个浏览器不能核对Ed25519签名：版本太旧，或网页不是用https打开的。请用下面另外两种办法。";
    return;
  }
  at("no-script").hidden = true;
  at("tools").hidden = false;
  at("by-number").addEventListener("submit", (event) => submitted(event, checkNumber));
  at("by-text").addEventListener("submit", (event) => submitted(event, checkText));
  at("whole").addEventListener("submit", (event) => submitted(event, checkWhole));
  at("pins").addEventListener("submit", (event) => submitted(event, rememberPins));
  at("offer")?.addEventListener("click", () => { at("pin-witness").value = offeredWitnesses(document).join(" "); });
  at("file").addEventListener("change", () => checkFile(at("file").files[0]));
  at("tools").addEventListener("dragover", (event) => event.preventDefault());
  at("tools").addEventListener("drop", dropped);
  window.addEventListener("hashchange", readAddress);
  readAddress();
}

/** Takes pins, a slip or an entry's number out of the address. A slip leaves it at once: it is nobody else's business. */
function readAddress() {
  const fragment = window.location.hash;
  const parts = readFragment(fragment);
  for (const name of PINS) at(`pin-${name}`).value = parts[name] ?? at(`pin-${name}`).value;
  if (PINS.some((name) => parts[name])) at("pins").closest("details").open = true;
  if (parts.slip !== undefined) {
    history.replaceState(null, "", window.location.pathname + window.location.search + pinFragment(typedPins()));
    present(() => resultOf(new TextEncoder().encode(fragment)));
  } else if (parts.entry !== undefined) {
    at("number").value = parts.entry;
    checkNumber();
  }
}

function checkNumber() {
  const text = at("number").value.replace(/[第条,\s]/g, "");
  present(() => resultOf(new TextEncoder().encode(text)));
}

const checkText = () => present(() => resultOf(new TextEncoder().encode(at("text").value)));

function checkFile(file) {
  if (file) present(async () => resultOf(new Uint8Array(await file.arrayBuffer())));
}

function dropped(event) {
  event.preventDefault();
  const { files } = event.dataTransfer;
  const text = event.dataTransfer.getData("text/plain");
  if (files.length > 0) checkFile(files[0]);
  else if (text) present(() => resultOf(new TextEncoder().encode(text)));
}

function checkWhole() {
  present((progress) => wholeResult(context(), progress));
}

function rememberPins() {
  history.replaceState(null, "", window.location.pathname + window.location.search + pinFragment(typedPins()));
  checkWhole();
}

/** What a text, file or address holds, checked. */
async function resultOf(bytes) {
  const held = await recognise(bytes);
  if (held.kind === "slip") return slipResult(context(), held.slip, labels());
  if (held.kind === "receipt") return receiptResult(context(), held);
  if (held.kind === "checkpoint") return checkpointResult(context(), held.note);
  if (held.kind === "event") return eventResult(context(), held.eventId);
  return numberResult(context(), held.index);
}

/** Runs a check and shows what it found, unless another one was started meanwhile. */
async function present(check) {
  running += 1;
  const mine = running;
  const bar = element("progress", {});
  const words = element("p", { class: "meta" }, "正在核对……");
  show(at("result"), [words, bar], { isBusy: true });
  at("outcome").hidden = false;
  at("outcome").scrollIntoView({ block: "nearest" });
  const progress = (done, total) => {
    [bar.max, bar.value] = [total, done];
    words.textContent = `正在核对：${counted(done)}条，共${counted(total)}条`;
  };
  const found = await check(progress).catch(failure);
  if (mine !== running) return;
  show(at("result"), found);
  at("outcome").scrollIntoView();
}

const context = () => ({ base: BASE, log: new PublishedLog(new URL("log/", BASE)), pins: pinsIn(typedPins()) });

const typedPins = () => Object.fromEntries(PINS.map((name) => [name, at(`pin-${name}`).value]));

/**
 * What types and fields are called, from the page's own list; a word that is not there stands for itself. A correction
 * has the fields of what it corrects, which is of the same kind.
 */
function labels() {
  const known = at("words").content;
  const find = (selector) => known.querySelector(selector)?.textContent;
  const exact = (name) => find(`data[value="${CSS.escape(name)}"]`);
  const ofKind = (kind, rest) => find(`data[value^="${CSS.escape(kind)}."][value$="/${CSS.escape(rest)}"]`);
  const akin = (name) => (name.includes("/") ? ofKind(name.split(".")[0], name.slice(name.indexOf("/") + 1)) : undefined);
  return { of: (name, otherwise = name) => exact(name) ?? akin(name) ?? otherwise };
}

function submitted(event, action) {
  event.preventDefault();
  action();
}
