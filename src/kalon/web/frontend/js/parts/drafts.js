// data-keep="key" on a form: what is typed survives a reload, a lost network and a closed lid (this browser tab's
// session only; passwords, codes and files are never kept). Cleared when the server took the form.
const PREFIX = "kalon-draft:";
const skip = (field) => !field.name || /^(password|file|hidden|submit|button)$/.test(field.type) || field.autocomplete === "one-time-code" || field.closest("[data-keep-not]");
const keyOf = (form) => PREFIX + form.dataset.keep;

const isChoice = (field) => field.matches("[type=checkbox], [type=radio]");
const keyIn = (field) => (isChoice(field) ? `${field.name}=${field.value}` : field.name);
const asServed = (field) => (isChoice(field) ? field.defaultChecked : field.matches("select") ? servedOption(field) : field.defaultValue);
const servedOption = (select) => [...select.options].find((option) => option.defaultSelected)?.value ?? select.options[0]?.value;
const asIs = (field) => (isChoice(field) ? field.checked : field.value);

// What differs from the page as it was served: what it was, and what it is now. A page that came back with a refusal
// shows what was sent: there the word before that one is the one that counts.
function read(form) {
  const before = JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "{}");
  const wasOf = (field) => (before[keyIn(field)]?.now === asServed(field) ? before[keyIn(field)].was : asServed(field));
  const fields = [...form.elements].filter((field) => !skip(field) && asIs(field) !== wasOf(field));
  return Object.fromEntries(fields.map((field) => [keyIn(field), { was: wasOf(field), now: asIs(field) }]));
}

// Only onto a page that still says what it said then: somebody else's newer words are not overwritten.
function write(form, kept) {
  let changed = false;
  for (const field of form.elements) {
    const draft = !skip(field) && kept[keyIn(field)];
    if (!draft || draft.was !== asServed(field) || draft.now === asIs(field)) continue;
    field[isChoice(field) ? "checked" : "value"] = draft.now;
    changed = true;
  }
  return changed;
}

// What a form's draft holds, for those who do more with it than show it again.
export const keptOf = (form) => JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "null");

function note(form, words) {
  const place = form.querySelector("[data-kept]") ?? document.querySelector(`[data-kept="${form.dataset.keep}"]`);
  if (place) place.textContent = words;
}

let timer;
let typing = null; // the form whose newest words are not kept yet
const SENT = `${PREFIX}sent`;

function keep() {
  clearTimeout(timer);
  if (!typing) return;
  sessionStorage.setItem(keyOf(typing), JSON.stringify(read(typing)));
  note(typing, "Saved on this device");
  typing = null;
}

export const drafts = {
  start() {
    document.addEventListener("input", ({ target }) => {
      const form = target.form?.closest("form[data-keep]");
      if (!form) return;
      if (form !== typing) keep();
      typing = form;
      clearTimeout(timer);
      timer = setTimeout(keep, 300);
    });
    window.addEventListener("pagehide", keep); // whoever types and goes in one breath loses nothing, either
    document.addEventListener("submit", ({ target }) => {
      if (!target.matches("form[data-keep]")) return;
      typing = target;
      keep();
      sessionStorage.setItem(SENT, keyOf(target));
    });
    document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
      const form = target.closest?.("form[data-keep]");
      if (form && detail.successful) sessionStorage.removeItem(keyOf(form));
    });
    // A page that came after sending and no longer shows the form: the server took it.
    const sent = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    const shown = [...document.querySelectorAll("form[data-keep]")].map(keyOf);
    if (sent && !shown.includes(sent) && !document.querySelector("[data-refusal]")) sessionStorage.removeItem(sent);
  },
  enhance(root) {
    for (const form of root.querySelectorAll("form[data-keep]")) {
      const kept = sessionStorage.getItem(keyOf(form));
      if (kept && write(form, JSON.parse(kept))) note(form, "Your earlier words are back");
    }
  },
};
