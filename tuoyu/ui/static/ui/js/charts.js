// 图表：颜色从设计变量读一次；提示用 richText（不写行内样式）；旁边的表格与图同数。

const tokens = () => {
  const read = getComputedStyle(document.documentElement);
  const get = (name) => read.getPropertyValue(`--${name}`).trim();
  // 变量里可能又引用变量（--c1: var(--accent)），取到最后一层
  const value = (name) => { const found = get(name); const ref = /^var\(--([\w-]+)\)$/.exec(found); return ref ? value(ref[1]) : found; };
  return value;
};

// 选项里写 "@c1"、"@ok"，在这里换成颜色
function paint(node, value) {
  if (typeof node === 'string') return node.startsWith('@') ? value(node.slice(1)) : node;
  if (Array.isArray(node)) return node.map((item) => paint(item, value));
  if (node && typeof node === 'object') {
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, paint(item, value)]));
  }
  return node;
}

function dress(option, value) {
  const text = { color: value('ink-2'), fontFamily: value('font'), fontSize: 12 };
  const axis = (given, numeric) => (given ? [given].flat().map((item) => ({
    axisLine: { show: !numeric, lineStyle: { color: value('line-strong') } },
    axisTick: { show: false },
    splitLine: { show: numeric, lineStyle: { color: value('line') } },
    ...item,
    axisLabel: { color: value('ink-3'), fontSize: 12, ...item.axisLabel },
  })) : undefined);
  return {
    color: ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'].map(value),
    textStyle: text,
    animation: false,
    grid: { left: 8, right: 16, top: 28, bottom: 8, containLabel: true },
    ...option,
    tooltip: {
      trigger: 'axis', renderMode: 'richText', confine: true, backgroundColor: value('surface'),
      borderColor: value('line-strong'), textStyle: { ...text, color: value('ink') }, ...option.tooltip,
    },
    ...(option.xAxis && { xAxis: axis(option.xAxis, option.xAxis.type === 'value') }),
    ...(option.yAxis && { yAxis: axis(option.yAxis, option.yAxis.type !== 'category') }),
  };
}

let library = null;
function load() {
  library ??= new Promise((done, fail) => {
    if (window.echarts) { done(window.echarts); return; }
    const tag = document.createElement('script');
    tag.src = new URL('../../vendor/echarts/echarts.min.js', import.meta.url).href;
    tag.onload = () => done(window.echarts);
    tag.onerror = fail;
    document.head.append(tag);
  });
  return library;
}

const showTable = (id, on) => {
  document.getElementById(`${id}-figures`)?.toggleAttribute('hidden', !on);
  document.getElementById(id)?.toggleAttribute('hidden', on);
};

export function chart(plot) {
  const source = document.getElementById(plot.dataset.option);
  if (!source) return;
  load().then((echarts) => {
    const value = tokens();
    const drawn = echarts.init(plot, null, { renderer: 'canvas' });
    drawn.setOption(dress(paint(JSON.parse(source.textContent), value), value));
    new ResizeObserver(() => { if (!plot.hidden) drawn.resize(); }).observe(plot);
  }).catch(() => showTable(plot.id, true)); // 图画不出来，数还在
}

export function chartTable(button) {
  button.addEventListener('click', () => {
    const on = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(on));
    showTable(button.dataset.chart, on);
  });
}
