// 本机存储：the room's own IndexedDB; every write is awaited to its end, so a crash loses nothing told as done.
const NAME = "tuoyu-room";
const STORES = { meta: {}, outbox: { keyPath: "seq", autoIncrement: true }, needs: { keyPath: "id" } };
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [name, options] of Object.entries(STORES)) {
        request.result.createObjectStore(name, options);
      }
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

export async function inOne(names, mode, work) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const tx = db.transaction(names, mode, { durability: "strict" });
    const stores = Object.fromEntries(names.map((name) => [name, tx.objectStore(name)]));
    const request = work(stores);
    tx.oncomplete = () => resolve(request?.result);
    tx.onerror = tx.onabort = () => reject(tx.error);
  });
}

export const get = (store, key) => inOne([store], "readonly", (s) => s[store].get(key));
export const all = (store) => inOne([store], "readonly", (s) => s[store].getAll());
export const put = (store, value, key) =>
  inOne([store], "readwrite", (s) => (key === undefined ? s[store].put(value) : s[store].put(value, key)));
export const remove = (store, key) => inOne([store], "readwrite", (s) => s[store].delete(key));
