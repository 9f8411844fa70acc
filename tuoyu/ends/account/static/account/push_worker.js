// 推送程序：shows one notice for each message and opens its page on a tap; keeps nothing.
self.addEventListener("push", (event) => {
  let said = {};
  try { said = event.data ? event.data.json() : {}; } catch { said = {}; }
  event.waitUntil(self.registration.showNotification(said.title || "托育云有新消息", {
    body: said.body || "",
    lang: "zh-CN",
    data: { url: typeof said.url === "string" && said.url.startsWith("/") && !said.url.startsWith("//") ? said.url : "/account/home/" },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
