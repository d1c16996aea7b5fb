import type { ReportUnit } from '../reportData.ts';
import { element } from './element.ts';
import { activation, conceptOf, threeDecimals } from './format.ts';

const columns = ['unit', 'concept', 'category', 'IoU', 'ceiling', 'threshold', 'detector', 'best of other categories'];
const numeric = new Set(['unit', 'IoU', 'ceiling', 'threshold']);

/** The units as a table. */
export function unitTable(units: readonly ReportUnit[]): HTMLElement {
  const head = columns.map((name) => element('th', { scope: 'col', ...alignment(name) }, [name]));
  const table = element('table', {}, [
    element('thead', {}, [element('tr', {}, head)]),
    element('tbody', {}, units.map(unitRow)),
  ]);
  return element('div', { class: 'scroll' }, [table]);
}

function unitRow(unit: ReportUnit): HTMLElement {
  const [best, ...others] = unit.matches;
  const cells = [
    `${unit.unit}`,
    conceptOf(unit),
    best?.category ?? '',
    best ? threeDecimals(best.iou) : '',
    best ? threeDecimals(best.ceiling) : '',
    activation(unit.threshold),
    unit.detector ? 'yes' : 'no',
    others.map(({ concept, category, iou }) => `${concept} (${category}) ${threeDecimals(iou)}`).join(', '),
  ];
  return element(
    'tr',
    unit.detector ? {} : { class: 'quiet' },
    cells.map((cell, i) =>
      i === 0
        ? element('th', { scope: 'row', class: 'number' }, [cell])
        : element('td', alignment(columns[i] as string), [cell]),
    ),
  );
}

function alignment(column: string): Record<string, string> {
  return numeric.has(column) ? { class: 'number' } : {};
}
