// 抽屉与行：↑↓ 换行，Enter 打开，Esc 关闭并把焦点还给打开它的行；/ 到搜索框。

let opener = null;

const host = () => document.getElementById('drawer');
const typing = (target) => target.closest('input, textarea, select, [contenteditable]');

function mark(row) {
  for (const other of document.querySelectorAll('tr[aria-selected="true"]')) other.removeAttribute('aria-selected');
  row?.setAttribute('aria-selected', 'true');
}

function close() {
  const drawer = host();
  if (!drawer?.querySelector(':scope > header')) return;
  const backTo = drawer.dataset.back;
  drawer.replaceChildren();
  mark(null);
  if (opener?.isConnected) opener.focus();
  opener = null;
  if (backTo) history.replaceState(null, '', backTo);
}

export function drawer(element) {
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open]')) close();
  });
  document.addEventListener('htmx:beforeRequest', (event) => {
    if (event.detail.target !== element) return;
    opener = event.detail.elt;
    element.setAttribute('aria-busy', 'true');
    mark(event.detail.elt.closest('tr'));
  });
  element.addEventListener('htmx:afterSwap', () => {
    element.removeAttribute('aria-busy');
    element.focus({ preventScroll: true });
    if (window.innerWidth < 1200) element.scrollIntoView({ block: 'start' });
  });
}

export function drawerClose(button) {
  button.addEventListener('click', close);
}

export function open(row) {
  const url = row.dataset.href;
  if (!url) return;
  if (!('drawer' in row.dataset) || !window.htmx || !host()) { location.assign(url); return; }
  mark(row);
  opener = row;
  window.htmx.ajax('GET', url, { source: row, target: '#drawer', swap: 'innerHTML' });
}

export function rows(body) {
  const list = () => [...body.querySelectorAll('tr[data-href]:not([hidden])')];
  for (const row of list()) if (!row.hasAttribute('tabindex')) row.tabIndex = 0;
  body.addEventListener('click', (event) => {
    const row = event.target.closest('tr[data-href]');
    if (row && !event.target.closest('a, button, input, label, summary')) open(row);
  });
  body.addEventListener('keydown', (event) => {
    if (typing(event.target)) return;
    const all = list();
    const here = all.indexOf(event.target.closest('tr'));
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const next = all[here + (event.key === 'ArrowDown' ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
    } else if (event.key === 'Enter' && event.target.matches('tr')) {
      event.preventDefault();
      open(event.target);
    }
  });
}

export function slash(input) {
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}
