// Live screens. A part of a page says what it shows: data-live="visits" data-live-place="…" data-live-day="2026-11-24".
// When the server says that something there changed, the part gets the event `k-live` (htmx brings it afresh) and the
// window gets `kalon:live` with what was said. Without a stream every part is asked for again each 30 seconds, quietly.
// The tabs of one browser share one stream: the tab that holds the lock listens and tells the others.
import { all } from "./parts/dom.js";

const ASK_AGAIN = 30_000;
const AT_MOST_EVERY = 1_500; // a part is not brought more often than this, however much happens
const SILENT_FOR = 45_000; // the server says something every 15 seconds

const meta = document.querySelector("meta[name=kalon-live]");
const due = new Map(); // part → when it was brought last, and whether it waits
let ticket = meta?.dataset.ticket;
let source;
let heard = "";
let isLive = false;
let waits = 1_000;
let silence;
let tabs;

const parts = () => document.querySelectorAll("[data-live]");

function concerns(part, { topic, place, day }) {
  if (topic === "*") return true;
  const { live, livePlace, liveDay } = part.dataset;
  return live.split(" ").includes(topic) && (!place || !livePlace || place === livePlace) && (!day || !liveDay || day === liveDay);
}

function bring(part) {
  const state = due.get(part) ?? { last: 0, timer: 0 };
  due.set(part, state);
  if (state.timer) return;
  const wait = Math.max(Math.random() * 60, state.last + AT_MOST_EVERY - Date.now()); // not every screen in the same millisecond
  state.timer = setTimeout(() => {
    state.timer = 0;
    state.last = Date.now();
    if (!part.isConnected) due.delete(part);
    else if (document.hidden) part.dataset.liveStale = "";
    else window.htmx.trigger(part, "k-live");
  }, wait);
}

function tell(detail) {
  window.dispatchEvent(new CustomEvent("kalon:live", { detail }));
  for (const part of parts()) if (concerns(part, detail)) bring(part);
}

function mark(live) {
  isLive = live;
  for (const spot of document.querySelectorAll("[data-live-mark]")) {
    spot.hidden = false;
    spot.querySelector("[data-live-on]").hidden = !live;
    spot.querySelector("[data-live-off]").hidden = live;
  }
}

function stop() {
  clearTimeout(silence);
  source?.close();
  source = null;
  state(false);
}

function state(live) {
  mark(live);
  tabs?.postMessage({ live });
}

function alive() {
  clearTimeout(silence);
  silence = setTimeout(() => { stop(); again(); }, SILENT_FOR);
}

function listen() {
  const address = new URL(meta.content, location.href);
  address.searchParams.set("ticket", ticket);
  if (heard) address.searchParams.set("heard", heard);
  source = new EventSource(address);
  source.addEventListener("changed", (event) => {
    heard = event.lastEventId;
    const detail = JSON.parse(event.data);
    alive();
    tell(detail);
    tabs?.postMessage({ detail });
  });
  source.addEventListener("beat", (event) => { // also the first thing that is said
    heard = event.lastEventId;
    waits = 1_000;
    if (!isLive) state(true);
    alive();
  });
  source.addEventListener("over", () => { stop(); again(); }); // too old, too slow, signed out: the next ticket says
  source.addEventListener("error", () => { if (source?.readyState === EventSource.CLOSED) { stop(); again(); } else state(false); });
}

// A stream that ended needs a fresh ticket; whoever is no longer signed in gets none, and the page keeps asking.
async function again() {
  await new Promise((resolve) => setTimeout(resolve, waits * (0.5 + Math.random())));
  waits = Math.min(waits * 2, ASK_AGAIN);
  try {
    const answer = await fetch(meta.dataset.renew, { headers: { Accept: "application/json" } });
    if (answer.status === 403 || answer.status === 404) { waits = ASK_AGAIN * 2; throw new Error("no ticket"); }
    ticket = (await answer.json()).ticket;
  } catch {
    again();
    return;
  }
  listen();
}

function together() {
  if (!navigator.locks || !window.BroadcastChannel) return listen();
  const name = `kalon-live-${meta.dataset.share}`;
  tabs = new BroadcastChannel(name);
  tabs.onmessage = ({ data }) => {
    if ("live" in data) mark(data.live);
    if (data.detail) tell(data.detail);
    if (data.who && source) tabs.postMessage({ live: isLive });
  };
  tabs.postMessage({ who: true });
  navigator.locks.request(name, () => new Promise(listen)).catch(() => {}); // held for as long as this tab is open
  return undefined;
}

export const live = {
  start() {
    if (!parts().length) return;
    mark(false);
    setInterval(() => { if (!isLive && !document.hidden) parts().forEach(bring); }, ASK_AGAIN);
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      for (const part of document.querySelectorAll("[data-live-stale]")) { delete part.dataset.liveStale; bring(part); }
    });
    window.addEventListener("pagehide", () => source?.close());
    if (meta && window.EventSource) together();
  },
  enhance(root) {
    if (all(root, "[data-live-mark]").length) mark(isLive);
  },
};
