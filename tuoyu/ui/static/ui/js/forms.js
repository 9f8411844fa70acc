// 表单：只提交一次、未保存提醒、确认弹窗。

// 提交后按钮停用、宽度不变；返回或出错后恢复
export function once(form) {
  const buttons = () => [...form.querySelectorAll('button[type="submit"], button:not([type])')];
  const hold = (busy) => {
    for (const button of buttons()) {
      if (busy) button.style.width = `${button.offsetWidth}px`;
      button.toggleAttribute('disabled', busy);
      button.setAttribute('aria-busy', String(busy));
    }
  };
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent === 'yes') { event.preventDefault(); return; }
    form.dataset.sent = 'yes';
    setTimeout(() => hold(true)); // 等浏览器取走按钮的值
  });
  const free = () => { delete form.dataset.sent; hold(false); };
  form.addEventListener('htmx:afterRequest', free);
  window.addEventListener('pageshow', (event) => { if (event.persisted) free(); });
}

export function unsaved(form) {
  let dirty = false;
  form.addEventListener('input', () => { dirty = true; });
  form.addEventListener('submit', () => { dirty = false; });
  window.addEventListener('beforeunload', (event) => { if (dirty && form.isConnected) event.preventDefault(); });
}

export function dialogOpen(button) {
  button.addEventListener('click', () => {
    const box = document.getElementById(button.dataset.dialog);
    box.returnTo = button;
    box.showModal();
  });
}

export function dialogClose(button) {
  button.addEventListener('click', () => button.closest('dialog').close());
}

export function dialog(box) {
  box.addEventListener('click', (event) => { if (event.target === box) box.close(); });
  box.addEventListener('close', () => box.returnTo?.focus());
}
