// data-section on a form: a part of a note that saves itself by htmx as it is typed (its hx-trigger names "k-save").
// data-after-sections on a form: it is sent when every section is saved, so that no late save finds the note closed.
import { keptOf } from "./drafts.js";

const states = new WeakMap(); // section → how much was typed, what is on its way, what is saved
let waiting = null; // the form that is to be sent, and the button that was pressed

const sections = () => [...document.querySelectorAll("form[data-section]")];
const sectionOf = (target) => target.closest?.("form[data-section]");
const textOf = (section) => section.querySelector("textarea");

function stateOf(section) {
  if (!states.has(section)) states.set(section, { typed: 0, saving: null, saved: 0, sent: "" });
  return states.get(section);
}

const isSaved = (section) => stateOf(section).saving === null && stateOf(section).saved === stateOf(section).typed;
const save = (section) => window.htmx.trigger(section, "k-save");
const saveAll = () => sections().filter((section) => !isSaved(section) && stateOf(section).saving === null).forEach(save);

function answered(section, successful) {
  const state = stateOf(section);
  if (successful) {
    state.saved = state.saving ?? state.saved;
    textOf(section).defaultValue = state.sent; // drafts compare with what the clinic has, not with what it once sent
  }
  state.saving = null;
  if (successful && !isSaved(section)) textOf(section).dispatchEvent(new Event("input", { bubbles: true })); // typed meanwhile
  if (!waiting) return;
  if (!successful) waiting = null; // what stands in the way is said beside the section
  else if (!sections().every(isSaved)) setTimeout(saveAll);
  else {
    const { form, sender } = waiting;
    waiting = null;
    setTimeout(() => form.requestSubmit(sender ?? undefined));
  }
}

// Words that came back from this device are sent at once. Where somebody else has written in the meantime they go as
// read in no edition, so that the clinic keeps both texts and asks which one stands.
function resume(section) {
  const kept = keptOf(section)?.text;
  if (!kept || kept.now === textOf(section).defaultValue) return;
  if (textOf(section).value !== kept.now) {
    section.elements.edition.value = 0;
    textOf(section).value = kept.now;
  }
  stateOf(section).typed += 1;
  save(section);
}

export const saving = {
  start() {
    document.addEventListener("input", ({ target }) => {
      const section = sectionOf(target);
      if (section) stateOf(section).typed += 1;
    });
    document.addEventListener("submit", (event) => {
      if (!event.target.matches("[data-after-sections]") || sections().every(isSaved)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = { form: event.target, sender: event.submitter };
      saveAll();
    }, true);
    document.addEventListener("htmx:beforeRequest", ({ target }) => {
      const section = sectionOf(target);
      if (!section) return;
      stateOf(section).saving = stateOf(section).typed;
      stateOf(section).sent = textOf(section).value;
    });
    document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
      const section = sectionOf(target);
      if (section) answered(section, detail.successful);
    });
    window.addEventListener("online", saveAll);
  },
  enhance(root) {
    if (root === document) setTimeout(() => sections().forEach(resume)); // after the drafts are back
  },
};
