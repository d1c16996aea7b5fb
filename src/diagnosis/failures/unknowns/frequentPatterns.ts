import { VitrineError } from '../../../numeric/errors.ts';
import { GRAIN, type Sliced } from '../../../numeric/sliced.ts';
import { bitCount, type Item } from './conditions.ts';

/** A conjunction of conditions, as places among the items in rising order, and the examples for which all hold. */
export interface Pattern {
  readonly items: readonly number[];
  readonly rows: Uint32Array;
  readonly held: number;
}

/** The most patterns that are compared. */
const MOST = 2000;

/** What counts as a pattern. */
export interface PatternLimits {
  /** The least number of examples. */
  readonly least: number;
  /** The most conditions. */
  readonly length: number;
}

/**
 * All conjunctions, of at most one condition to a feature, that hold for enough examples: one more condition in each round, as
 * no pattern holds more often than a shorter one.
 *
 * Source: Agrawal and Srikant 1994, "Fast algorithms for mining association rules", Apriori.
 */
export function* frequentPatterns(items: readonly Item[], { least, length }: PatternLimits): Sliced<Pattern[]> {
  let work = 0;
  const all: Pattern[] = [];
  let last: readonly Pattern[] = [{ items: [], rows: new Uint32Array(), held: 0 }];
  for (let round = 0; round < length && last.length > 0; round++) {
    const next: Pattern[] = [];
    for (const pattern of last) {
      for (let place = (pattern.items.at(-1) ?? -1) + 1; place < items.length; place++) {
        const longer = extended(pattern, items, place);
        work += longer ? 8 * longer.rows.length : 1;
        if (!longer || longer.held < least) continue;
        next.push(longer);
        if (all.length + next.length > MOST) throw tooMany(least);
      }
      if (work >= GRAIN) {
        yield work;
        work = 0;
      }
    }
    all.push(...next);
    last = next;
  }
  return all;
}

function extended(pattern: Pattern, items: readonly Item[], place: number): Pattern | undefined {
  const { condition, rows: own } = items[place] as Item;
  const isTaken = pattern.items.some((other) => items[other]?.condition.feature === condition.feature);
  if (isTaken) return undefined;
  const rows = pattern.items.length === 0 ? own : own.map((word, i) => word & (pattern.rows[i] as number));
  return { items: [...pattern.items, place], rows, held: bitCount(rows) };
}

function tooMany(least: number): VitrineError {
  return new VitrineError(
    'too-large',
    `"features" expected at most ${MOST} patterns that hold for ${least} examples or more, got more: ` +
      'take fewer features, a greater "support" or fewer "conditions"',
  );
}
