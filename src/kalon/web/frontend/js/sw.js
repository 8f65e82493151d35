// The service worker of a patient's phone. It keeps the shell's own files and, of the pages, only what the server
// marks with X-Kalon-Keep: home and the next visit, so that they open at the clinic's door without a network.
// Nothing else is kept, and signing out (here or elsewhere) throws the pages away.
// The page puts in what it was made of before this worker was there (parts/offline.js).
const FILES = `kalon-files-${new URL(self.location).searchParams.get("v") ?? ""}`;
const PAGES = "kalon-pages";
const HOME = "/my/";
const SIGN_IN = "/accounts/login/";
const SIGN_OUT = "/accounts/logout/";

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil(begin()));

async function begin() {
  const old = (await caches.keys()).filter((name) => name.startsWith("kalon-files-") && name !== FILES);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method !== "GET") {
    if (pathname === SIGN_OUT) event.waitUntil(caches.delete(PAGES));
  } else if (pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate" || request.headers.get("X-Kalon-Keep")) event.respondWith(page(request, pathname));
});

async function file(request) {
  const files = await caches.open(FILES);
  const kept = await files.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && answer.type === "basic") await files.put(request, answer.clone());
  return answer;
}

async function page(request, pathname) {
  try {
    const answer = await fetch(request);
    await remember(pathname, answer.clone());
    return answer;
  } catch (lost) {
    const pages = await caches.open(PAGES);
    const asked = pathname === "/" ? HOME : pathname;
    const kept = (await pages.match(asked, { ignoreVary: true })) ?? (asked.startsWith(HOME) && (await pages.match(HOME, { ignoreVary: true })));
    if (kept) return saidToBeKept(kept);
    throw lost;
  }
}

// The page says that there is no connection, also where the phone believes that it has one.
async function saidToBeKept(page) {
  const html = (await page.text()).replace("data-offline hidden", "data-offline data-kept");
  return new Response(html, { headers: page.headers });
}

async function remember(pathname, answer) {
  if (pathname === SIGN_IN) await caches.delete(PAGES); // whoever is asked to sign in is signed in no more
  const slot = answer.headers.get("X-Kalon-Keep");
  if (!slot || !answer.ok || answer.redirected) return;
  const pages = await caches.open(PAGES);
  for (const old of await pages.keys()) {
    const isHome = new URL(old.url).pathname === HOME;
    if (slot === "home" || !isHome) await pages.delete(old); // home anew, or one visit in place of another
  }
  await pages.put(pathname, answer);
}
