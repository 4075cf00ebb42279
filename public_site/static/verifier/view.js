/** Results as elements of the page. Everything that came from outside is set as text, never as markup. */
import { nth } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const STATES = { ok: "相符", bad: "不相符", unknown: "未检查" };

/** An element with attributes and children; a string child becomes text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

/** One of the icons of the page's sprite: ok, bad or unknown. */
export function icon(name) {
  const drawn = document.createElementNS(SVG, "svg");
  for (const [attribute, value] of [["class", "i"], ["aria-hidden", "true"], ["focusable", "false"]]) {
    drawn.setAttribute(attribute, value);
  }
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  drawn.append(use);
  return drawn;
}

/** The steps of a check, failed ones first, each with its values to compare, folded. */
export function stepList(steps) {
  const failedFirst = [...steps.filter((step) => step.state === "bad"), ...steps.filter((step) => step.state !== "bad")];
  return element("ol", { class: "steps" }, ...failedFirst.map(stepItem));
}

/** One line: icon, verdict and a sentence. */
export function verdict(state, word, sentence) {
  const badge = element("span", { class: `badge ${state}` }, icon(state), element("span", {}, word));
  return element("p", { class: "check" }, badge, ` ${sentence}`);
}

/** A note with a coloured bar: red for what is wrong, amber for what to know. */
export const note = (tone, title, ...children) =>
  element("div", { class: `note ${tone}` }, element("strong", {}, title), ...children);

/** Label and value, one a line. A value may be an element. */
export function factList(facts) {
  const rows = facts.map(([label, value]) => element("div", {}, element("dt", {}, label), element("dd", {}, value)));
  return element("dl", { class: "facts ruled" }, ...rows);
}

/** Items of a list in words. */
export const list = (items) => element("ul", { class: "recent" }, ...items.map((item) => element("li", {}, item)));

/** A link to the page of an entry, under the site's address `base`. */
export const entryLink = (base, index) => element("a", { class: "e", href: new URL(`entries/${index}`, base) }, nth(index));

/** Puts elements in the place of what stood there, and says whether more is to come. */
export function show(place, elements, { isBusy = false } = {}) {
  place.setAttribute("aria-busy", String(isBusy));
  place.replaceChildren(...elements);
}

/** What a summary opens. */
export const folded = (summary, ...children) => element("details", {}, element("summary", {}, summary), ...children);

function stepItem({ state, title, sentence, details }) {
  const heading = element("h3", {}, title, element("span", { class: "hide" }, STATES[state]));
  const item = element("li", { class: state }, icon(state), heading, element("p", {}, sentence));
  if (details.length > 0) {
    const rows = details.map(([label, value]) =>
      element("div", {}, element("dt", {}, label), element("dd", {}, element("code", {}, value))));
    item.append(folded("看要对照的指纹", element("dl", {}, ...rows)));
  }
  return item;
}
