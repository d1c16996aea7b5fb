import { VitrineError } from '../../numeric/errors.ts';
import type { OpenShape } from '../graph/graph.ts';
import { listed } from './openShapes.ts';

/** What is taken of an axis: a range as in Python, where negative numbers count from the end. */
export interface Range {
  readonly start?: number | null | undefined;
  readonly stop?: number | null | undefined;
  readonly step?: number | null | undefined;
}

/** A range of an axis, one place of it (whose axis goes), a new axis of length 1, or all axes that are not named. */
export type Cut = Range | number | 'new' | 'rest';

/** The places of an axis that a range takes. */
export interface Span {
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

/** The cut of each axis of a shape. */
export function cutAxes(cuts: readonly Cut[], shape: readonly unknown[]): readonly (Range | number)[] {
  return spelledOut(cuts, shape).filter((cut): cut is Range | number => cut !== 'new');
}

/** The shape of what is taken; an open length stays open. */
export function slicedShape(cuts: readonly Cut[], shape: OpenShape): OpenShape {
  const lengths = [...shape];
  return spelledOut(cuts, shape).flatMap((cut, i) => {
    if (cut === 'new') return [1];
    const length = lengths.shift() ?? null;
    if (i === 0 && !isWhole(cut, null))
      throw new VitrineError('unsupported-layer', `slice of ${listed(shape)} would take some examples of the batch`);
    if (typeof cut === 'number') return [];
    return [length === null ? openCount(cut) : spanOf(cut, length).count];
  });
}

/** The places that a cut takes of an axis. */
export function spanOf(cut: Range | number, length: number): Span {
  if (typeof cut === 'number') return { start: cut < 0 ? cut + length : cut, count: 1, step: 1 };
  const step = cut.step ?? 1;
  const place = (at: number): number => {
    const counted = at < 0 ? at + length : at;
    return step > 0 ? Math.min(Math.max(counted, 0), length) : Math.min(Math.max(counted, -1), length - 1);
  };
  const start = place(cut.start ?? (step > 0 ? 0 : length - 1));
  const stop = typeof cut.stop === 'number' ? place(cut.stop) : step > 0 ? length : -1;
  return { start, count: Math.max(Math.ceil((stop - start) / step), 0), step };
}

/** Whether a cut takes an axis as it is. */
export function isWhole(cut: Range | number, length: number | null): boolean {
  if (typeof cut === 'number') return false;
  const { start, stop, step } = cut;
  return (start ?? 0) === 0 && (step ?? 1) === 1 && (typeof stop !== 'number' || (length !== null && stop >= length));
}

/** How many places are taken of an axis whose length is open; `null` where that is open too. */
function openCount({ start, stop, step }: Range): number | null {
  const [from, to, by] = [start ?? 0, stop ?? null, step ?? 1];
  // From the front to the front, or from the back to the back: the length does not matter if it is long enough.
  if (to === null) return from < 0 && by > 0 ? Math.ceil(-from / by) : null;
  return from < 0 === to < 0 ? Math.max(Math.ceil((to - from) / by), 0) : null;
}

function spelledOut(cuts: readonly Cut[], shape: readonly unknown[]): readonly Exclude<Cut, 'rest'>[] {
  const named = cuts.filter((cut) => cut !== 'new' && cut !== 'rest').length;
  if (named > shape.length)
    throw new VitrineError('bad-shape', `slice of ${named} axes expected as many, got rank ${shape.length}`);
  const others: Range[] = Array.from({ length: shape.length - named }, () => ({}));
  const spelled = cuts.flatMap((cut): Exclude<Cut, 'rest'>[] => (cut === 'rest' ? others : [cut]));
  return cuts.includes('rest') ? spelled : [...spelled, ...others];
}
