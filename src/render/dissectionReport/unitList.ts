import type { ReportUnit } from './reportData.ts';

/** What units can be sorted by. */
export type UnitOrder = 'label' | 'score' | 'unit';

/**
 * Units in an order: by number; by IoU; or by label, which is by category, then the concepts of most detectors first,
 * then those with the best detector, then by IoU, and units that are no detectors at the end.
 */
export function sortedUnits(
  units: readonly ReportUnit[],
  order: UnitOrder,
  categories: readonly string[],
): readonly ReportUnit[] {
  if (order === 'unit') return sortedBy(units, ({ unit }) => [unit]);
  if (order === 'score') return sortedBy(units, (unit) => [-score(unit), unit.unit]);
  const ranked = [...groupsOf(units)].sort(groupOrder);
  const ranks = new Map(ranked.map(([label], rank) => [label, rank]));
  return sortedBy(units, (unit) => {
    if (!unit.detector) return [1, 0, 0, -score(unit), unit.unit];
    const category = categories.indexOf(unit.matches[0]?.category ?? '');
    return [0, category, ranks.get(labelOf(unit)) as number, -score(unit), unit.unit];
  });
}

function sortedBy(units: readonly ReportUnit[], keyOf: (unit: ReportUnit) => readonly number[]): readonly ReportUnit[] {
  const keyed = units.map((unit) => ({ unit, key: keyOf(unit) }));
  keyed.sort((a, b) => {
    const place = a.key.findIndex((value, i) => value !== b.key[i]);
    return place < 0 ? 0 : (a.key[place] as number) - (b.key[place] as number);
  });
  return keyed.map(({ unit }) => unit);
}

function score({ matches }: ReportUnit): number {
  return matches[0]?.iou ?? 0;
}

/** A concept may have the name of one of another category. */
function labelOf({ matches }: ReportUnit): string {
  return `${matches[0]?.concept} ${matches[0]?.category}`;
}

interface Group {
  readonly count: number;
  readonly best: number;
}

/** How many detectors a label has, and how good its best one is. */
function groupsOf(units: readonly ReportUnit[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const unit of units) {
    if (!unit.detector) continue;
    const { count, best } = groups.get(labelOf(unit)) ?? { count: 0, best: 0 };
    groups.set(labelOf(unit), { count: count + 1, best: Math.max(best, score(unit)) });
  }
  return groups;
}

function groupOrder([a, one]: readonly [string, Group], [b, other]: readonly [string, Group]): number {
  return other.count - one.count || other.best - one.best || (a < b ? -1 : 1);
}

/** What units are looked for. */
export interface UnitQuery {
  /** Words that all must be there: in the name of the concept or the category, or the number of the unit. */
  readonly text: string;
  readonly detectorsOnly: boolean;
}

/** Whether a unit is among those looked for. A number is that of a unit: `12` does not find unit 120. */
export function fitsQuery(unit: ReportUnit, { text, detectorsOnly }: UnitQuery): boolean {
  if (detectorsOnly && !unit.detector) return false;
  const { concept = '', category = '' } = unit.matches[0] ?? {};
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const described = `unit ${concept} ${category}`.toLowerCase();
  return words.every((word) => (/^\d+$/.test(word) && unit.unit === Number(word)) || hasWord(described, word));
}

function hasWord(described: string, word: string): boolean {
  return /^\d+$/.test(word) ? described.split(/\s+/).includes(word) : described.includes(word);
}
