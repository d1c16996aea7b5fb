// What runs in the page of an activation atlas: moving, zooming, labels where there is room, and the filter. The map and
// the table are there without it.
const [map, plane, status] = ['map', 'plane', 'status'].map((id) => document.getElementById(id) as HTMLElement) as [
  HTMLElement,
  HTMLElement,
  HTMLElement,
];
const cells = [...document.querySelectorAll<HTMLElement>('.cell')];
const filter = document.getElementById('class') as HTMLSelectElement;
const whole = status.textContent ?? '';
const most = 12;
/** How the plane lies in the map: enlarged from its top left corner, which is moved by pixels. */
let view = { zoom: 1, x: 0, y: 0 };
const fingers = new Map<number, { x: number; y: number }>();

(document.getElementById('controls') as HTMLElement).hidden = false;
onClick('in', () => zoomAt(1.5));
onClick('out', () => zoomAt(1 / 1.5));
onClick('all', showAll);
filter.addEventListener('change', sift);
document.getElementById('alike')?.addEventListener('change', (event) => {
  map.classList.toggle('alike', (event.target as HTMLInputElement).checked);
});
for (const button of document.querySelectorAll<HTMLElement>('.find')) {
  button.addEventListener('click', () => find(Number(button.dataset['cell'])));
}
map.addEventListener('keydown', onKey);
map.addEventListener('wheel', onWheel, { passive: false });
map.addEventListener('pointerdown', (event) => {
  map.setPointerCapture(event.pointerId);
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  map.classList.add('moving');
});
map.addEventListener('pointermove', onMove);
for (const end of ['pointerup', 'pointercancel'] as const) {
  map.addEventListener(end, (event) => {
    fingers.delete(event.pointerId);
    if (fingers.size === 0) map.classList.remove('moving');
  });
}
new ResizeObserver(() => show(view)).observe(map);

function onClick(id: string, act: () => void): void {
  document.getElementById(id)?.addEventListener('click', act);
}

function showAll(): void {
  show({ zoom: 1, x: 0, y: 0 });
}

function onKey(event: KeyboardEvent): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const step = map.clientWidth / 8;
  const acts: Readonly<Record<string, () => void>> = {
    '+': () => zoomAt(1.5),
    '=': () => zoomAt(1.5),
    '-': () => zoomAt(1 / 1.5),
    '0': showAll,
    ArrowLeft: () => move(step, 0),
    ArrowRight: () => move(-step, 0),
    ArrowUp: () => move(0, step),
    ArrowDown: () => move(0, -step),
  };
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function onWheel(event: WheelEvent): void {
  const factor = Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.002));
  // At the whole map, the page itself is scrolled on.
  if (view.zoom * factor <= 1 && view.zoom === 1) return;
  event.preventDefault();
  const { left, top } = map.getBoundingClientRect();
  zoomAt(factor, event.clientX - left, event.clientY - top);
}

function onMove(event: PointerEvent): void {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const now = { x: event.clientX, y: event.clientY };
  const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, finger]) => finger);
  fingers.set(event.pointerId, now);
  if (!other) {
    move(now.x - before.x, now.y - before.y);
    return;
  }
  const { left, top } = map.getBoundingClientRect();
  const spread = Math.hypot(now.x - other.x, now.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
  zoomAt(spread, (now.x + other.x) / 2 - left, (now.y + other.y) / 2 - top);
}

function move(x: number, y: number): void {
  show({ ...view, x: view.x + x, y: view.y + y });
}

/** Enlarges about a point of the map, its middle by default. */
function zoomAt(factor: number, x = map.clientWidth / 2, y = map.clientHeight / 2): void {
  const zoom = Math.min(Math.max(view.zoom * factor, 1), most);
  const grown = zoom / view.zoom;
  show({ zoom, x: x - (x - view.x) * grown, y: y - (y - view.y) * grown });
}

/** Shows a part of the plane, which always fills the map. */
function show({ zoom, x, y }: typeof view): void {
  const [least, top] = [map.clientWidth * (1 - zoom), map.clientHeight * (1 - zoom)];
  view = { zoom, x: Math.min(0, Math.max(least, x)), y: Math.min(0, Math.max(top, y)) };
  plane.style.transform = `translate(${view.x}px, ${view.y}px) scale(${zoom})`;
  plane.style.setProperty('--zoom', `${zoom}`);
  map.classList.toggle('near', zoom > 1);
  label();
}

/** Shows the labels that do not hide each other, those of the cells with the most images first. */
function label(): void {
  const taken: DOMRect[] = [];
  const bySize = [...cells].sort((a, b) => shareOf(b) - shareOf(a));
  for (const cell of bySize) {
    const text = cell.querySelector('.label') as HTMLElement;
    const box = text.getBoundingClientRect();
    const isFree = taken.every(
      (other) => box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom,
    );
    const isShown = isFree && box.width > 0 && !cell.classList.contains('quiet');
    text.classList.toggle('shown', isShown);
    if (isShown) taken.push(box);
  }
}

function shareOf(cell: HTMLElement): number {
  return Number(cell.style.getPropertyValue('--share'));
}

function sift(): void {
  const wanted = filter.value;
  for (const cell of cells) cell.classList.toggle('quiet', wanted !== '' && cell.dataset['label'] !== wanted);
  const found = cells.filter((cell) => !cell.classList.contains('quiet')).length;
  status.textContent = wanted === '' ? whole : `${found} ${found === 1 ? 'cell' : 'cells'} of ${wanted}`;
  label();
}

/** Brings a cell of the table into the middle of the map. */
function find(number: number): void {
  const cell = cells[number] as HTMLElement;
  for (const other of cells) other.classList.toggle('found', other === cell);
  const zoom = Math.max(view.zoom, 3);
  const middle = (start: number, length: number): number => (start + length / 2) * zoom;
  show({
    zoom,
    x: map.clientWidth / 2 - middle(cell.offsetLeft, cell.offsetWidth),
    y: map.clientHeight / 2 - middle(cell.offsetTop, cell.offsetHeight),
  });
  status.textContent = cell.title;
  map.scrollIntoView({ block: 'nearest' });
}
