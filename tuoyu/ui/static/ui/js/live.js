// 实时：收到事件就在页面上派发 live:<名>；元素写 hx-trigger="live:attendance from:body" 即会刷新自己。

const PACE = 2000; // 毫秒：a busy morning redraws a page at most this often, and always once more after the last
const UNDER_WAY = '.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added';
const paced = new Map();
const unheard = new Map();

function tell(name, data) {
  // 换入途中：an element on its way out drops what it is told; its successor is told again
  if (document.querySelector(UNDER_WAY)) unheard.set(name, data);
  document.body.dispatchEvent(new CustomEvent(`live:${name}`, { detail: data, bubbles: true }));
}

function tellUnheard() {
  const again = [...unheard];
  unheard.clear();
  for (const [name, data] of again) tell(name, data);
}

function hear(name, data) {
  const waiting = paced.get(name);
  if (waiting) {
    waiting.last = data;
    return;
  }
  const slot = { last: null };
  paced.set(name, slot);
  setTimeout(() => {
    paced.delete(name);
    if (slot.last) hear(name, slot.last);
  }, PACE);
  tell(name, data);
}

export function live(element) {
  const url = element.dataset.liveUrl;
  if (!url || !('EventSource' in window)) return;
  const source = new EventSource(url);
  source.addEventListener('message', (event) => {
    let data = {};
    try { data = JSON.parse(event.data); } catch { return; } // 心跳与不识的内容不理会
    hear('any', data);
    const name = data.kind ?? data.name ?? data.type;
    if (name) hear(name, data);
  });
  source.addEventListener('open', () => hear('open', {}));
  document.addEventListener('htmx:afterSettle', tellUnheard);
  window.addEventListener('pagehide', () => source.close());
}

export function offline(strip) {
  const show = () => { strip.hidden = navigator.onLine; };
  window.addEventListener('online', show);
  window.addEventListener('offline', show);
  show();
}
