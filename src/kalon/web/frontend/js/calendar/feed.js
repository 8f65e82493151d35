// The visits of the address. An unchanged answer (304) draws nothing anew; the newest question wins.
import { asked, root } from "./address.js";

let last = { search: null, seal: "", model: null };
let asking = null;

export const model = () => last.model;

export class Unreachable extends Error {}

// Answers whether there is something new to draw.
export async function load() {
  const search = asked();
  asking?.abort();
  const mine = (asking = new AbortController());
  const headers = { Accept: "application/json" };
  if (search === last.search && last.seal) headers["If-None-Match"] = last.seal;
  const answer = await fetch(`${root.dataset.feed}?${search}`, { headers, signal: mine.signal }).catch((fault) => {
    if (fault.name === "AbortError") throw fault;
    throw new Unreachable();
  });
  if (answer.redirected) location.reload(); // signed out meanwhile: the page itself says so
  if (answer.status === 304) return tick(answer, last.model);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Unreachable(body.detail ?? "");
  last = { search, seal: answer.headers.get("ETag") ?? "", model: body };
  tick(answer, body);
  return true;
}

// What the clock on the wall showed when the clinic answered, and how it stands to UTC.
function tick(answer, facts) {
  facts.now = answer.headers.get("X-Wall-Clock");
  facts.offset = answer.headers.get("X-Wall-Offset");
  return false;
}
