// 页内消息：modules tell each other that something changed, without knowing each other.
const target = new EventTarget();

export const tell = (name, detail) => target.dispatchEvent(new CustomEvent(name, { detail }));
export const on = (name, work) => target.addEventListener(name, (event) => work(event.detail));
