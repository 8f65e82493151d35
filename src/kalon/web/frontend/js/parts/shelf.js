// What was recorded and not yet acknowledged, kept in this browser until it is: survives a reload, a crash, a dead network.
const open = () => new Promise((resolve, reject) => {
  const asked = indexedDB.open("kalon-recordings", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("chunks", { keyPath: ["session", "index"] });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

const done = (work) => new Promise((resolve, reject) => {
  work.onsuccess = () => resolve(work.result);
  work.onerror = () => reject(work.error);
});

export async function shelf(session) {
  const store = await open();
  const chunks = (mode) => store.transaction("chunks", mode).objectStore("chunks");
  const mine = IDBKeyRange.bound([session, -1], [session, Infinity]);
  return {
    put: (chunk) => done(chunks("readwrite").put({ ...chunk, session })),
    drop: (index) => done(chunks("readwrite").delete([session, index])),
    indexes: async () => (await done(chunks("readonly").getAllKeys(mine))).map(([, index]) => index),
    clear: () => done(chunks("readwrite").delete(mine)),
    get: (index) => done(chunks("readonly").get([session, index])),
  };
}
