// A time that is held (data-hold): renewed while somebody types, said when it ran out, let go when the page is left.
import { all, csrf } from "./dom.js";

const RENEW_AFTER = 60_000; // typing asks the server at most once a minute
let since = 0;
const held = () => document.querySelector("[data-hold]");

function renew() {
  const hold = held();
  if (!hold || "over" in hold.dataset || Date.now() - since < RENEW_AFTER) return;
  since = Date.now();
  window.htmx.trigger(hold, "k-renew");
}

function over(hold) {
  hold.dataset.over = "";
  hold.querySelector("[data-hold-on]").hidden = true;
  hold.querySelector("[data-hold-over]").hidden = false;
}

function letGo() {
  const hold = held();
  if (!hold) return;
  const word = new FormData();
  word.set("csrfmiddlewaretoken", csrf());
  word.set("hold_id", hold.dataset.hold);
  navigator.sendBeacon(hold.dataset.letGo, word);
}

export const holds = {
  start() {
    document.addEventListener("input", renew);
    document.addEventListener("k-expired", ({ target }) => target.closest("[data-hold]") && over(target.closest("[data-hold]")));
    window.addEventListener("pagehide", letGo);
    window.addEventListener("pageshow", ({ persisted }) => persisted && held() && window.htmx.trigger(held(), "k-renew"));
  },
  enhance(root) {
    if (all(root, "[data-hold]").length) since = Date.now();
  },
};
