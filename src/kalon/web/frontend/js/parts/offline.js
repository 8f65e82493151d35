// A patient's pages have a service worker (sw.js): home and the next visit open without a network.
const meta = document.querySelector("meta[name=kalon-worker]");

const isFile = (address) => new URL(address).pathname.startsWith("/static/");

async function keep() {
  const files = await caches.open(`kalon-files-${new URL(meta.content, location.href).searchParams.get("v")}`);
  for (const { name } of performance.getEntriesByType("resource")) {
    if (isFile(name) && !(await files.match(name))) await files.add(name);
  }
  // The worker answers these like a visit to the page, and keeps what the server says is to be kept.
  const visit = document.querySelector("a[data-keep-offline]")?.href;
  for (const address of [meta.dataset.here, visit]) {
    if (address) await fetch(address, { headers: { "X-Kalon-Keep": "1" } });
  }
}

export const offline = {
  async start() {
    if (!meta || !navigator.serviceWorker) return;
    try {
      const had = navigator.serviceWorker.controller !== null;
      await navigator.serviceWorker.register(meta.content);
      await navigator.serviceWorker.ready;
      if (had) delete meta.dataset.here; // it saw this page come
      else await new Promise((resolve) => (navigator.serviceWorker.controller ? resolve() : navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true })));
      await keep();
    } catch {
      // A private window refuses, or the network went meanwhile; the pages work without.
    }
  },
};
