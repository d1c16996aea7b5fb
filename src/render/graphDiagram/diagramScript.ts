/** What the page does: a click on a node shows its patches and draws lines to its neighbours and to those that it is one of. */
export const diagramScript = `
const { layers, pictures, scales } = JSON.parse(document.getElementById('data').textContent);
const graph = document.querySelector('.graph');
const lines = graph.querySelector('svg');
const detail = document.querySelector('.detail');
const buttonOf = (layer, node) => graph.querySelector('[data-layer="' + layer + '"][data-node="' + node + '"]');
const named = (layer, node) => layers[layer].name + ', filter ' + layers[layer].nodes[node].unit + ', node ' + node;
let chosen = null;

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function linkedTo(layer, node) {
  const above = layers[layer].nodes[node].neighbours.map((other) => [layer - 1, other]);
  const below = [];
  if (layer + 1 < layers.length) {
    layers[layer + 1].nodes.forEach(({ neighbours }, other) => {
      if (neighbours.includes(node)) below.push([layer + 1, other]);
    });
  }
  return { above, below };
}

function drawLines(layer, node, linked) {
  lines.replaceChildren();
  const origin = graph.getBoundingClientRect();
  const middle = ([l, n]) => {
    const box = buttonOf(l, n).getBoundingClientRect();
    return [box.left + box.width / 2 - origin.left, box.top + box.height / 2 - origin.top];
  };
  const [x1, y1] = middle([layer, node]);
  for (const other of linked) {
    const [x2, y2] = middle(other);
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
    Object.entries({ x1, y1, x2, y2 }).forEach(([name, value]) => line.setAttribute(name, value));
    lines.append(line);
  }
}

function drawPatch([image, top, left, height, width]) {
  const [down, across] = scales[image];
  const canvas = element('canvas');
  canvas.width = Math.max(1, Math.round(width * across));
  canvas.height = Math.max(1, Math.round(height * down));
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', 'image ' + image);
  canvas.title = 'image ' + image;
  const picture = new Image();
  picture.onload = () => canvas.getContext('2d').drawImage(
    picture, left * across, top * down, width * across, height * down, 0, 0, canvas.width, canvas.height);
  picture.src = pictures[image].source;
  return canvas;
}

function links(label, others) {
  const line = element('p', others.length > 0 ? label + ' ' : '');
  for (const [layer, node] of others.slice(0, 30)) {
    const button = element('button', named(layer, node), 'to');
    button.onclick = () => { choose(layer, node); buttonOf(layer, node).focus(); };
    line.append(button);
  }
  if (others.length > 30) line.append('and ' + (others.length - 30) + ' more');
  return line;
}

function choose(layer, node) {
  chosen = [layer, node];
  const { row, column, strength, patches } = layers[layer].nodes[node];
  const { above, below } = linkedTo(layer, node);
  for (const other of graph.querySelectorAll('.chosen, .linked')) {
    other.classList.remove('chosen', 'linked');
    other.removeAttribute('aria-pressed');
  }
  for (const [l, n] of [...above, ...below]) buttonOf(l, n).classList.add('linked');
  buttonOf(layer, node).classList.add('chosen');
  buttonOf(layer, node).setAttribute('aria-pressed', 'true');
  const shown = element('div', '', 'patches');
  shown.append(...patches.map(drawPatch));
  detail.replaceChildren(
    element('p', named(layer, node) + ': usually at row ' + row + ', column ' + column + '; mean score '
      + Math.round(100 * strength) + '% of the strongest of its layer'),
    shown,
    links('Moves with', above),
    links('Guides', below),
  );
  drawLines(layer, node, [...above, ...below]);
}

graph.addEventListener('click', ({ target }) => {
  if (target.dataset.node !== undefined) choose(Number(target.dataset.layer), Number(target.dataset.node));
});
window.addEventListener('resize', () => {
  if (!chosen) return;
  const { above, below } = linkedTo(...chosen);
  drawLines(...chosen, [...above, ...below]);
});
`;

/** What a page with a graph has besides the style of reports. */
export const diagramStyle = `
main { max-width: 90rem; }
.graph { position: relative; }
.graph > svg { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
.graph > svg line { stroke: var(--mark); stroke-opacity: 0.55; stroke-width: 1.5; }
:root { --mark: light-dark(#c2410c, #fb923c); --bar: light-dark(#3b6fb6, #7aa7e0); }
.layer { margin: 0 0 2.5rem; }
.layer h2 { margin: 0 0 0.6rem; padding: 0; border: 0; font-size: 1rem; }
.filters { display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; }
.filter { display: flex; flex-wrap: wrap; align-items: center; gap: 0.2rem; max-width: 14rem; }
.filter > span { color: var(--quiet); font-size: 0.75rem; font-variant-numeric: tabular-nums; }
.node { width: 0.85rem; height: 0.85rem; padding: 0; border: 2px solid transparent; border-radius: 50%; background: var(--bar); cursor: pointer; }
.node.chosen { border-color: var(--mark); background: var(--mark); opacity: 1 !important; }
.node.linked { border-color: var(--mark); opacity: 1 !important; }
.detail { position: sticky; bottom: 0; padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--panel); }
.detail p { margin: 0 0 0.5rem; }
.detail button.to { margin: 0 0.3rem 0.3rem 0; padding: 0.1rem 0.5rem; border: 1px solid var(--line); border-radius: 1rem; background: none; color: inherit; font: inherit; font-size: 0.8125rem; cursor: pointer; }
.patches { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.patches canvas { width: 6rem; height: 6rem; object-fit: contain; border-radius: 0.25rem; background: var(--line); }
`;
