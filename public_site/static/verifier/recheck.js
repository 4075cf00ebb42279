/** Checks the entry whose page this is, in place, on this device. */
import { isSupported } from "./ed25519.js";
import { PublishedLog } from "./log.js";
import { offeredWitnesses, wordsOf } from "./page_words.js";
import { failure, numberResult } from "./results.js";
import { element, show, verdict } from "./view.js";

const BASE = new URL("../../", import.meta.url);

/** Fills `place` with what was found. The button's address ends in the entry's number. */
export async function recheck(button, place) {
  show(place, [element("p", { class: "meta" }, "正在您的设备上核对……")], { isBusy: true });
  place.parentElement.hidden = false;
  if (!(await isSupported())) {
    const sentence = "这个浏览器不能核对Ed25519签名：版本太旧，或网页不是用https打开的。请用旁边另外的办法。";
    show(place, [verdict("wait", "没有核对成", sentence)]);
    return;
  }
  const index = Number(button.getAttribute("href").split("#entry=")[1]);
  const context = { base: BASE, log: new PublishedLog(new URL("log/", BASE)), pins: { witnesses: offeredWitnesses(document), offered: true } };
  show(place, await numberResult(context, index, wordsOf(document)).catch(failure));
  place.parentElement.scrollIntoView();
}
