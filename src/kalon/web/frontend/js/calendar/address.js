// What is shown stands in the address: it can be sent to somebody, kept as a bookmark, and gone back from.
export const root = document.querySelector("[data-calendar]");

export const params = () => new URLSearchParams(location.search);
export const today = () => root.dataset.today;
export const day = () => params().get("date") || today();
export const view = () => (isPhone() ? "day" : params().get("view") || "day");
export const isPhone = () => phone.matches;
const phone = window.matchMedia("(width < 40rem)");

// `changes`: a name with a value, a list of values, or null for "not in the address".
export function go(changes) {
  const next = params();
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    for (const one of [value].flat()) if (one != null && one !== "") next.append(name, one);
  }
  if (next.get("date") === today()) next.delete("date");
  if (next.get("view") === "day") next.delete("view");
  if (next.get("columns") === "all") next.delete("columns");
  const search = next.toString();
  if (search !== params().toString()) history.pushState(null, "", search ? `?${search}` : location.pathname);
  document.dispatchEvent(new CustomEvent("calendar-go"));
}

export function onGo(listener) {
  document.addEventListener("calendar-go", listener);
  window.addEventListener("popstate", listener);
  phone.addEventListener("change", listener);
}

// The part of the address that decides what the feed answers.
export function asked() {
  const wanted = params();
  wanted.delete("visit");
  if (isPhone()) for (const name of ["view", "doctor", "room", "columns"]) wanted.delete(name);
  return wanted.toString();
}
