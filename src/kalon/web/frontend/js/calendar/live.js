// What others change appears by itself: the shell's live.js tells this part (`k-live`) at once where the clinic's stream
// is open, and every half minute where it is not. Somebody who is dragging is not disturbed.
import { root, view } from "./address.js";

const SOON = 300; // milliseconds in which several changes are drawn as one

export function live({ refresh, isBusy }) {
  let waiting = null;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => (isBusy() ? soon() : refresh()), SOON);
  };
  root.addEventListener("k-live", soon);
  window.addEventListener("online", soon);
}

// Which day this screen wants to hear of; a week or a month hears of every day.
export function listenFor(model) {
  if (["day", "timeline"].includes(view())) root.dataset.liveDay = model.date;
  else delete root.dataset.liveDay;
}
