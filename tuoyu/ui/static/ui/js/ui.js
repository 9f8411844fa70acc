// 行为总入口：把 data-behaviour 绑到元素上；载入时一次，htmx 换入片段后再一次。
import { chart, chartTable } from './charts.js';
import { dialog, dialogClose, dialogOpen, once, unsaved } from './forms.js';
import { drawer, drawerClose, rows, slash } from './drawer.js';
import { checkall, drop, segment } from './lists.js';
import { live, offline } from './live.js';
import { back, burger, copy, countdown, density, dismiss, elder, fold, pop, print, reload, speak, toasts } from './shell.js';

const behaviours = {
  back, burger, chart, 'chart-table': chartTable, checkall, copy, countdown, density, dialog,
  'dialog-close': dialogClose, 'dialog-open': dialogOpen, dismiss, drawer, 'drawer-close': drawerClose,
  drop, elder, fold, live, offline, once, pop, print, reload, rows, segment, slash, speak, toasts, unsaved,
};

function bind(root) {
  const found = [...root.querySelectorAll('[data-behaviour]')];
  if (root instanceof Element && root.matches('[data-behaviour]')) found.unshift(root);
  for (const element of found) {
    for (const name of element.dataset.behaviour.split(/\s+/)) {
      const mark = `bound-${name}`;
      if (!behaviours[name] || element.hasAttribute(`data-${mark}`)) continue;
      element.setAttribute(`data-${mark}`, '');
      behaviours[name](element);
    }
  }
}

// 令牌随每次 htmx 请求带上；元素上不写 hx-headers
document.addEventListener('htmx:configRequest', (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token) event.detail.headers['X-CSRFToken'] = token;
});

function say(text) {
  const place = document.getElementById('messages');
  if (!place) return;
  const box = document.createElement('div');
  box.className = 'ty-alert is-danger';
  box.setAttribute('role', 'alert');
  box.innerHTML = '<svg class="i" aria-hidden="true"><use href="#i-alert"/></svg><div><b></b></div>'
    + '<button class="x" type="button" aria-label="关闭提示" data-behaviour="dismiss"><svg class="i i--s" aria-hidden="true"><use href="#i-x"/></svg></button>';
  box.querySelector('b').textContent = text;
  place.replaceChildren(box);
  bind(box);
}

document.addEventListener('htmx:responseError', (event) => {
  const status = event.detail.xhr.status;
  if (status === 404) say('没有找到，可能已被移走或不在您的数据范围内');
  else if (status === 403) say('页面已过期，请刷新后再试');
  else say('没有办成，系统已记录，请稍后再试');
});
document.addEventListener('htmx:sendError', () => say('网络没有连上，请检查网络后重试；您填的内容还在'));
document.addEventListener('htmx:timeout', () => say('等得太久了，请重试'));
document.addEventListener('htmx:load', (event) => bind(event.detail.elt));

bind(document);
export { bind, say };
