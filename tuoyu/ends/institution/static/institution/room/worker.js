// 离线程序：files from this device first; the page itself from the network when it answers, else as kept.
// SHELL {version, files} is put in front by the server; new bytes make a new version.
const FILES = `room-${SHELL.version}`;
const PAGES = "room-pages"; // carries nothing of a child and nobody's name
const PATIENCE = 3000;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const answer = route(event.request);
  if (answer) event.respondWith(answer);
});

async function install() {
  const cache = await caches.open(FILES);
  await cache.addAll(SHELL.files.map((url) => new Request(url, { cache: "reload", credentials: "omit" })));
  const pages = await caches.open(PAGES);
  for (const client of await self.clients.matchAll({ includeUncontrolled: true, type: "window" })) {
    const { pathname } = new URL(client.url);
    if (isPage(pathname)) await renew(pages, new Request(pathname, { cache: "reload" })).catch(() => null);
  }
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("room-") && name !== FILES && name !== PAGES);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

const isPage = (path) => path === self.registration.scope.replace(self.location.origin, "") || path.endsWith("/room/tablet/");

function route(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return null;
  if (request.mode === "navigate" && isPage(url.pathname)) return pageOf(request, url.pathname);
  if (SHELL.files.includes(url.pathname)) return fileOf(request, url.pathname);
  return null;
}

async function fileOf(request, path) {
  return (await (await caches.open(FILES)).match(path)) || fetch(request);
}

async function pageOf(request, path) {
  const pages = await caches.open(PAGES);
  const kept = await pages.match(path);
  const fresh = renew(pages, request, path);
  if (!kept) return fresh;
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE));
  return Promise.race([fresh.then((r) => (r.status >= 500 ? kept : r)).catch(() => kept), late]);
}

async function renew(pages, request, path = new URL(request.url).pathname) {
  const found = await fetch(request);
  if (found.ok && !found.redirected && found.type === "basic") await pages.put(path, found.clone());
  return found;
}
