// 离线程序：the shell comes from this device first, so that the door opens without network.
// SHELL {version, files} is put in front by the server; new bytes make a new version.
const NAME = `kiosk-${SHELL.version}`;
const HOME = SHELL.files[0];

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const answer = route(event.request);
  if (answer) event.respondWith(answer);
});

async function install() {
  const cache = await caches.open(NAME);
  // Without cookies: what is kept for a shared tablet must not be anybody's page.
  const asked = SHELL.files.map((url) => new Request(url, { cache: "reload", credentials: "omit" }));
  await cache.addAll(asked);
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("kiosk-") && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

function route(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return null;
  if (request.mode === "navigate" && url.pathname === HOME) return fromShell(HOME, request);
  if (SHELL.files.includes(url.pathname) && url.pathname !== HOME) {
    return fromShell(url.pathname, request);
  }
  return null;
}

async function fromShell(path, request) {
  const cache = await caches.open(NAME);
  return (await cache.match(path)) || fetch(request);
}
