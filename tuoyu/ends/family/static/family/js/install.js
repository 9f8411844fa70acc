// 装到桌面：registers the worker; where the browser has none, the page is a page as before.
if ("serviceWorker" in navigator) {
  const link = document.querySelector('link[rel="manifest"][data-worker]');
  if (link) navigator.serviceWorker.register(link.dataset.worker, { scope: link.dataset.scope });
}
