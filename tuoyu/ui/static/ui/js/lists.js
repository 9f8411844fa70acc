// 列表：页内分段筛选、全选、拖放文件。

export function segment(group) {
  const rows = () => document.querySelectorAll(`${group.dataset.rows} [data-kind]`);
  for (const button of group.querySelectorAll('button[data-filter]')) {
    button.addEventListener('click', () => {
      for (const other of group.querySelectorAll('button[data-filter]')) {
        other.setAttribute('aria-pressed', String(other === button));
      }
      const wanted = button.dataset.filter;
      for (const row of rows()) row.hidden = Boolean(wanted) && !row.dataset.kind.split(' ').includes(wanted);
    });
  }
}

export function checkall(box) {
  const boxes = () => [...document.querySelectorAll(box.dataset.boxes)].filter((b) => !b.disabled);
  const count = () => {
    const all = boxes();
    const chosen = all.filter((b) => b.checked).length;
    box.checked = all.length > 0 && chosen === all.length;
    box.indeterminate = chosen > 0 && chosen < all.length;
    const says = box.dataset.count && document.getElementById(box.dataset.count);
    if (says) says.textContent = String(chosen);
  };
  box.addEventListener('change', () => { for (const b of boxes()) b.checked = box.checked; count(); });
  document.addEventListener('change', (event) => { if (event.target.matches?.(box.dataset.boxes)) count(); });
  count();
}

function size(bytes) {
  return bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

export function drop(zone) {
  const input = zone.querySelector('input[type="file"]');
  const list = zone.nextElementSibling?.matches('.ty-files') ? zone.nextElementSibling : null;
  for (const name of ['dragenter', 'dragover']) zone.addEventListener(name, () => zone.classList.add('is-over'));
  for (const name of ['dragleave', 'drop']) zone.addEventListener(name, () => zone.classList.remove('is-over'));
  input.addEventListener('change', () => {
    if (!list) return;
    list.replaceChildren(...[...input.files].map((file) => {
      const item = document.createElement('li');
      const note = document.createElement('small');
      item.append(file.name, note);
      note.textContent = size(file.size);
      return item;
    }));
    list.hidden = input.files.length === 0;
  });
}
