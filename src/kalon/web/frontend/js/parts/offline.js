// A patient's pages have a service worker (sw.js): home and the next visit open without a network.
const meta = document.querySelector("meta[name=kalon-worker]");

async function keep(worker) {
  const files = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => new URL(name).pathname.startsWith("/static/"));
  worker.postMessage({ files });
  // The worker answers these like a visit to the page, and keeps what the server says is to be kept.
  const visit = document.querySelector("a[data-keep-offline]")?.href;
  for (const address of [meta.dataset.here, visit]) {
    if (address) await fetch(address, { headers: { "X-Kalon-Keep": "1" } }).catch(() => {});
  }
}

export const offline = {
  async start() {
    if (!meta || !navigator.serviceWorker) return;
    try {
      const had = navigator.serviceWorker.controller !== null;
      await navigator.serviceWorker.register(meta.content);
      const { active } = await navigator.serviceWorker.ready;
      if (had) delete meta.dataset.here; // it saw this page come
      else await new Promise((resolve) => (navigator.serviceWorker.controller ? resolve() : navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true })));
      await keep(active);
    } catch {
      // A browser in private mode refuses; the pages work without.
    }
  },
};
