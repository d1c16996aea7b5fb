import { csvFormatRows } from 'd3-dsv';
import type { Dissection, UnitReport } from '../types.ts';
import { assertDissection } from './assertDissection.ts';

type Cell = string | number;

/**
 * A dissection as CSV in the columns that the published results have: for each unit its concept, and for each category
 * the best label with the pixels it was counted by. Units are numbered from 1 there, and come by falling IoU.
 *
 * Names that a spreadsheet would take for formulas (`=`, `+`, `-`, `@`, a tab or a line end first) get a `'` before them.
 *
 * @param dissection what `dissect` gives for a layer.
 * @returns lines with `unit`, `category`, `label`, `score`, and for each category g `g-label`, `g-truth`, `g-activation`,
 * `g-intersect` and `g-iou`; cells are empty where a unit meets nothing of a category.
 * @throws {VitrineError} if `dissection` is none.
 * @example
 * ```ts
 * import { dissectActivations, dissectionCsv } from 'vitrine';
 * const dissection = await dissectActivations(labelled, { concepts });
 * console.log(dissectionCsv(dissection).split('\n')[0]);
 * ```
 */
export function dissectionCsv(dissection: Dissection): string {
  assertDissection('dissection', dissection);
  const columns = ['label', 'truth', 'activation', 'intersect', 'iou'];
  const header = dissection.categories.flatMap((category) => columns.map((column) => `${category}-${column}`));
  const score = ({ best }: UnitReport): number => best?.iou ?? 0;
  const units = [...dissection.units].sort((a, b) => score(b) - score(a) || a.unit - b.unit);
  const rows = units.map((unit): Cell[] => [
    unit.unit + 1,
    unit.best?.category ?? '',
    unit.best?.concept ?? '',
    score(unit),
    ...dissection.categories.flatMap((category) => cellsOf(dissection, unit, category)),
  ]);
  return csvText([['unit', 'category', 'label', 'score', ...header], ...rows]);
}

function cellsOf(
  { concepts, categories, truth, area, intersection }: Dissection,
  { unit, byCategory }: UnitReport,
  category: string,
): readonly Cell[] {
  const match = byCategory[category];
  if (!match) return ['', '', '', '', ''];
  const concept = concepts.findIndex(({ name, category: own }) => name === match.concept && own === category);
  return [
    match.concept,
    truth[concept] as number,
    area.data[unit * categories.length + categories.indexOf(category)] as number,
    intersection.data[unit * concepts.length + concept] as number,
    match.iou,
  ];
}

/**
 * Lines of CSV. Text that a spreadsheet would take for a formula, because it begins with `=`, `+`, `-`, `@`, a tab or a
 * line end, gets a `'` before it; numbers stay as they are.
 *
 * Source: OWASP, "CSV injection".
 */
function csvText(rows: readonly (readonly (string | number)[])[]): string {
  return csvFormatRows(rows.map((row) => row.map((cell) => (typeof cell === 'number' ? `${cell}` : inert(cell)))));
}

function inert(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}
