import { element } from '../../dissectionReport/page/element.ts';
import { formatNumber } from '../../formatNumber.ts';
import type { DictionaryData } from '../dictionaryData.ts';

// What runs in the page of a semantic dictionary, which shows its first position without it.
const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as DictionaryData;
const [photo, frame, place, words] = ['photo', 'frame', 'place', 'words'].map(
  (id) => document.getElementById(id) as HTMLElement,
) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
const marks = (document.getElementById('marks') as HTMLCanvasElement).getContext('2d') as CanvasRenderingContext2D;
const { rows, columns, count } = data;
let [row, column] = data.start;
/** The unit whose positions are marked for good. */
let pressed: number | undefined;

photo.addEventListener('pointermove', (event) => {
  if (event.pointerType !== 'touch') lookUnder(event);
});
photo.addEventListener('pointerdown', lookUnder);
photo.addEventListener('keydown', (event) => {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
  };
  const step = steps[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  look(row + step[0], column + step[1]);
});
show();

function lookUnder({ clientX, clientY }: PointerEvent): void {
  const { left, top, width, height } = photo.getBoundingClientRect();
  look(Math.floor(((clientY - top) / height) * rows), Math.floor(((clientX - left) / width) * columns));
}

function look(toRow: number, toColumn: number): void {
  const [nextRow, nextColumn] = [within(toRow, rows), within(toColumn, columns)];
  if (nextRow === row && nextColumn === column) return;
  [row, column] = [nextRow, nextColumn];
  show();
}

function within(index: number, length: number): number {
  return Math.min(Math.max(index, 0), length - 1);
}

function show(): void {
  Object.assign(frame.style, { left: `${(100 * column) / columns}%`, top: `${(100 * row) / rows}%` });
  place.textContent = `Row ${row}, column ${column}`;
  const first = (row * columns + column) * count;
  words.replaceChildren(
    ...Array.from({ length: count }, (_, i) => word(data.units[first + i] as number, data.values[first + i] as number)),
  );
}

function word(unit: number, value: number): HTMLElement {
  const name = data.names[unit] ?? `unit ${unit}`;
  const button = element('button', { type: 'button', 'aria-pressed': `${unit === pressed}` }, [
    ...(data.icons ? [icon(unit)] : []),
    element('span', {}, [name]),
  ]);
  button.title = `Where ${name} is among the most active`;
  button.addEventListener('pointerenter', () => mark(unit));
  button.addEventListener('pointerleave', () => mark(pressed));
  button.addEventListener('focus', () => mark(unit));
  button.addEventListener('blur', () => mark(pressed));
  button.addEventListener('click', () => {
    pressed = pressed === unit ? undefined : unit;
    for (const other of words.querySelectorAll('button')) other.setAttribute('aria-pressed', 'false');
    button.setAttribute('aria-pressed', `${pressed === unit}`);
    mark(pressed);
  });
  const width = data.most > 0 ? Math.max(0, (100 * value) / data.most) : 0;
  return element('li', {}, [
    button,
    element('b', { class: 'bar' }, [element('i', { style: `width:${width}%` })]),
    element('span', { class: 'number' }, [formatNumber(value)]),
  ]);
}

/** A part of the sheet, whatever its size on the page. */
function icon(unit: number): HTMLElement {
  const icons = data.icons as NonNullable<DictionaryData['icons']>;
  const found = icons.places[unit];
  if (!found) return element('span', { class: 'icon', style: 'background-image:none' });
  const share = (index: number, length: number): number => (length > 1 ? (100 * index) / (length - 1) : 0);
  const [x, y] = [share(found[0], icons.columns), share(found[1], icons.rows)];
  const style = `background-size:${100 * icons.columns}% ${100 * icons.rows}%;background-position:${x}% ${y}%`;
  return element('span', { class: 'icon', style });
}

/** Darkens all but the positions where a unit is listed, as far as it is less active than anywhere. */
function mark(unit: number | undefined): void {
  marks.clearRect(0, 0, columns, rows);
  if (unit === undefined) return;
  const shares = Array.from({ length: rows * columns }, (_, position) => {
    const own = data.units.slice(position * count, (position + 1) * count).indexOf(unit);
    return own < 0 ? 0 : (data.values[position * count + own] as number);
  });
  const most = Math.max(...shares) || 1;
  shares.forEach((value, position) => {
    marks.fillStyle = `rgba(0, 0, 0, ${0.75 * (1 - value / most)})`;
    marks.fillRect(position % columns, Math.floor(position / columns), 1, 1);
  });
}
