// 实时：收到事件就在页面上派发 live:<名>；元素写 hx-trigger="live:attendance from:body" 即会刷新自己。

export function live(element) {
  const url = element.dataset.liveUrl;
  if (!url || !('EventSource' in window)) return;
  const source = new EventSource(url);
  const tell = (name, data) => document.body.dispatchEvent(new CustomEvent(`live:${name}`, { detail: data, bubbles: true }));
  source.addEventListener('message', (event) => {
    let data = {};
    try { data = JSON.parse(event.data); } catch { return; } // 心跳与不识的内容不理会
    tell('any', data);
    const name = data.kind ?? data.name ?? data.type;
    if (name) tell(name, data);
  });
  for (const name of (element.dataset.liveEvents ?? '').split(/\s+/).filter(Boolean)) {
    source.addEventListener(name, (event) => {
      let data = {};
      try { data = JSON.parse(event.data); } catch { data = { text: event.data }; }
      tell(name, data);
      tell('any', data);
    });
  }
  source.addEventListener('open', () => tell('open', {}));
  window.addEventListener('pagehide', () => source.close());
}

export function offline(strip) {
  const show = () => { strip.hidden = navigator.onLine; };
  window.addEventListener('online', show);
  window.addEventListener('offline', show);
  show();
}
