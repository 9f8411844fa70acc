// 外壳：菜单、行距、长辈版、浮层、消息、复制、打印、朗读、倒计时。

export function remember(name, value) {
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax`;
}

export function fold(button) {
  const shell = document.getElementById('shell');
  const label = button.querySelector('.t');
  const show = () => {
    const narrow = shell.classList.contains('is-narrow');
    button.setAttribute('aria-expanded', String(!narrow));
    if (label) label.textContent = narrow ? '展开菜单' : '收起菜单';
  };
  button.addEventListener('click', () => {
    remember('ty_menu', shell.classList.toggle('is-narrow') ? 'narrow' : 'wide');
    show();
  });
  show();
}

export function burger(button) {
  button.addEventListener('click', () => {
    const open = document.getElementById('shell').classList.toggle('is-open');
    button.setAttribute('aria-expanded', String(open));
  });
}

export function density(group) {
  for (const button of group.querySelectorAll('[data-density-set]')) {
    button.addEventListener('click', () => {
      const value = button.dataset.densitySet;
      document.documentElement.toggleAttribute('data-density', value === 'compact');
      if (value === 'compact') document.documentElement.dataset.density = value;
      remember('ty_density', value);
      for (const other of group.children) other.setAttribute('aria-pressed', String(other === button));
    });
  }
}

export function elder(button) {
  button.addEventListener('click', () => {
    const on = document.documentElement.dataset.elder !== 'on';
    remember('ty_elder', on ? 'on' : 'off');
    location.reload(); // 服务器据此给出四个大按钮的首页
  });
}

// 浮层菜单：点别处或按 Esc 收起，焦点回到开关
export function pop(details) {
  document.addEventListener('click', (event) => {
    if (details.open && !details.contains(event.target)) details.open = false;
  });
  details.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && details.open) {
      event.stopPropagation();
      details.open = false;
      details.querySelector('summary').focus();
    }
  });
}

export function dismiss(button) {
  button.addEventListener('click', () => button.closest('.ty-alert').remove());
}

// 办成的消息六秒后收起；提醒与出错留着，等人看完
export function toasts(place) {
  for (const box of place.querySelectorAll('.ty-alert.is-ok')) {
    setTimeout(() => { if (!box.matches(':hover, :focus-within')) box.remove(); }, 6000);
  }
}

export function copy(button) {
  const label = button.innerHTML;
  button.addEventListener('click', async () => {
    const source = button.dataset.target && document.getElementById(button.dataset.target);
    await navigator.clipboard.writeText(button.dataset.copy ?? source?.textContent.trim() ?? '');
    button.textContent = '已复制';
    setTimeout(() => { button.innerHTML = label; }, 2000);
  });
}

export function print(button) {
  button.addEventListener('click', () => window.print());
}

export function back(button) {
  button.addEventListener('click', () => (history.length > 1 ? history.back() : location.assign('/')));
}

export function reload(button) {
  button.addEventListener('click', () => location.reload());
}

export function speak(button) {
  if (!('speechSynthesis' in window)) { button.hidden = true; return; }
  const stop = () => button.setAttribute('aria-pressed', 'false');
  button.addEventListener('click', () => {
    const reading = button.getAttribute('aria-pressed') === 'true';
    speechSynthesis.cancel();
    if (reading) return stop();
    const text = document.getElementById(button.dataset.target)?.innerText ?? '';
    const speech = new SpeechSynthesisUtterance(text);
    speech.lang = 'zh-CN';
    speech.rate = 0.9;
    speech.onend = stop;
    speech.onerror = stop;
    button.setAttribute('aria-pressed', 'true');
    speechSynthesis.speak(speech);
  });
}

// 倒计时：以页面载入时的业务时钟为准，演示城市的时钟不是墙上的钟
const started = Date.now();
const pageClock = () => {
  const stated = document.querySelector('meta[name="ty-clock"]')?.content;
  return (stated ? Date.parse(stated) : started) + Date.now() - started;
};

export function remaining(minutes) {
  const all = Math.abs(minutes);
  const days = Math.floor(all / 1440);
  const hours = Math.floor((all % 1440) / 60);
  const left = all % 60;
  const text = days ? `${days} 天${hours ? ` ${hours} 小时` : ''}`
    : hours ? `${hours} 小时${left ? ` ${left} 分` : ''}` : `${left} 分`;
  return `${minutes < 0 ? '超' : '剩'} ${text}`;
}

export function countdown(element) {
  const at = Date.parse(element.dataset.at);
  const label = element.querySelector('span') ?? element;
  if (Number.isNaN(at) || label.textContent.includes('工作日')) return; // 工作日由服务器算
  const tick = () => {
    if (!element.isConnected) return clearInterval(timer);
    const minutes = Math.floor((at - pageClock()) / 60000);
    label.textContent = remaining(minutes);
    if (minutes < 0) { element.classList.remove('is-warn'); element.classList.add('is-danger'); }
    else if (minutes < 120 && !element.classList.contains('is-danger')) element.classList.add('is-warn');
  };
  const timer = setInterval(tick, 20000);
  tick();
}
