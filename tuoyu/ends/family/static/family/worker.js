// 家长端离线程序：styles and scripts come from this phone first; pages always from the network, since
// what stands on them is about a child. Without network: the offline page, which names nobody.
// SHELL {version, files, offline, call} is put in front by the server; new bytes make a new version.
const NAME = `family-${SHELL.version}`;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const answer = route(event.request);
  if (answer) event.respondWith(answer);
});

async function install() {
  const cache = await caches.open(NAME);
  const asked = [SHELL.offline, ...SHELL.files].map(
    (url) => new Request(url, { cache: "reload", credentials: "omit" }),
  );
  await cache.addAll(asked);
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("family-") && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

function route(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return null;
  if (request.mode === "navigate") return fromNetwork(request);
  return SHELL.files.includes(url.pathname) ? fromShell(url.pathname, request) : null;
}

async function fromNetwork(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(NAME);
    return (await cache.match(SHELL.offline)) || Response.error();
  }
}

async function fromShell(path, request) {
  const cache = await caches.open(NAME);
  return (await cache.match(path)) || fetch(request);
}
