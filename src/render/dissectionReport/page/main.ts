import type { ReportData, ReportUnit } from '../reportData.ts';
import { fitsQuery, sortedUnits, type UnitOrder } from '../unitList.ts';
import { showEnlarged } from './maskedImage.ts';
import { fillStrip, unitCard } from './unitCard.ts';
import { unitTable } from './unitTable.ts';

// What runs in the page of a dissection report. The page is complete without it but for the units; of these only one
// sheet is in the document at a time, whatever their number, and only pictures near the window are decoded.
const perSheet = { cards: 48, table: 200 };

const data = JSON.parse(part('data').textContent ?? '') as ReportData;
const [layer, order, view] = ['layer', 'order', 'view'].map((id) => part<HTMLSelectElement>(id)) as [
  HTMLSelectElement,
  HTMLSelectElement,
  HTMLSelectElement,
];
const filter = part<HTMLInputElement>('filter');
const detectorsOnly = part<HTMLInputElement>('detectors-only');
const [previous, next] = [part<HTMLButtonElement>('previous'), part<HTMLButtonElement>('next')];
const dialog = part<HTMLDialogElement>('enlarged');
let sheet = 0;

const cards = new Map<Element, ReportUnit>();
const nearby = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) fillStrip(target, cards.get(target) as ReportUnit, data);
    }
  },
  { rootMargin: '600px' },
);

for (const control of [layer, order, view, detectorsOnly]) control.addEventListener('change', () => show(0));
filter.addEventListener('input', () => show(0));
previous.addEventListener('click', () => turn(-1));
next.addEventListener('click', () => turn(1));
part('controls').addEventListener('submit', (event) => event.preventDefault());
part('close').addEventListener('click', () => dialog.close());
part('shade').addEventListener('change', (event) => {
  dialog.classList.toggle('whole', !(event.target as HTMLInputElement).checked);
});
part('units-section').hidden = false;
show(0);

function turn(step: number): void {
  show(sheet + step);
  part('units-section').scrollIntoView();
}

function show(at: number): void {
  sheet = at;
  document.querySelectorAll<HTMLElement>('.layer').forEach((section, i) => {
    section.hidden = i !== layer.selectedIndex;
  });
  const all = data.layers[layer.selectedIndex]?.units ?? [];
  const query = { text: filter.value, detectorsOnly: detectorsOnly.checked };
  const found = sortedUnits(all, order.value as UnitOrder, data.categories).filter((unit) => fitsQuery(unit, query));
  const size = view.value === 'table' ? perSheet.table : perSheet.cards;
  const shown = found.slice(sheet * size, (sheet + 1) * size);
  previous.disabled = sheet === 0;
  next.disabled = (sheet + 1) * size >= found.length;
  part('sheets').hidden = previous.disabled && next.disabled;
  const range = shown.length < found.length ? `${sheet * size + 1} to ${sheet * size + shown.length} of ` : '';
  part('status').textContent =
    found.length === 0 ? 'No unit fits.' : `${range}${found.length} ${found.length === 1 ? 'unit' : 'units'}`;
  nearby.disconnect();
  cards.clear();
  part('units').replaceChildren(...(view.value === 'table' ? [unitTable(shown)] : shown.map(observedCard)));
}

function observedCard(unit: ReportUnit): HTMLElement {
  const card = unitCard(unit, data, (one) => showEnlarged(dialog, one, data));
  cards.set(card, unit);
  nearby.observe(card);
  return card;
}

function part<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}
