// 手写签名：在方框里画，画成 SVG 的 M、L 路径放进隐藏框；不支持时改用输入姓名
const [WIDE, HIGH] = [300, 120];

function pad(box) {
  const svg = box.querySelector('svg');
  const line = svg.querySelector('path');
  const field = box.querySelector('input[type="hidden"]');
  let path = '';
  let drawing = false;

  const put = () => { line.setAttribute('d', path); field.value = path; };
  const point = (event) => {
    const at = svg.getBoundingClientRect();
    const x = Math.round(((event.clientX - at.left) * WIDE) / at.width);
    const y = Math.round(((event.clientY - at.top) * HIGH) / at.height);
    return `${Math.max(0, Math.min(WIDE, x))} ${Math.max(0, Math.min(HIGH, y))}`;
  };
  svg.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    svg.setPointerCapture(event.pointerId);
    drawing = true;
    path += `M${point(event)}`;
    put();
  });
  svg.addEventListener('pointermove', (event) => {
    if (!drawing) return;
    path += `L${point(event)}`;
    put();
  });
  for (const end of ['pointerup', 'pointercancel']) svg.addEventListener(end, () => { drawing = false; });
  box.querySelector('button').addEventListener('click', () => { path = ''; put(); });
}

for (const box of document.querySelectorAll('[data-sign]')) pad(box);
