import type { ReportUnit } from './reportData.ts';

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
