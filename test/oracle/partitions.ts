/** A condition of a pattern: a feature, and what its value must be. */
interface Wanted {
  readonly feature: number;
  readonly holds: (value: number) => boolean;
  readonly name: string;
}

/** Descriptive space partitioning of features of zeros and ones by plain loops: names and members. */
export function naivePartitions(
  rows: readonly (readonly number[])[],
  confidence: readonly number[],
  { names, support, longest }: { names: readonly string[]; support: number; longest: number },
): readonly (readonly [string, readonly number[]])[] {
  const wanted = names.flatMap((name, feature): Wanted[] => [
    { feature, name, holds: (value) => value === 1 },
    { feature, name: `not ${name}`, holds: (value) => value === 0 },
  ]);
  const patterns = subsetsOf(wanted, longest)
    .filter((pattern) => new Set(pattern.map(({ feature }) => feature)).size === pattern.length)
    .map((pattern) => ({
      name: pattern.map(({ name }) => name).join(' and '),
      length: pattern.length,
      members: [...rows.keys()].filter((i) =>
        pattern.every(({ feature, holds }) => holds(rows[i]?.[feature] as number)),
      ),
    }))
    .filter(({ members }) => members.length >= support * rows.length && members.length < rows.length);
  const points = scaled(rows);
  const sure = confidence.map((value) => [value]);
  const terms = patterns.map(({ members }) => [...meanDistances(points, members), ...meanDistances(sure, members)]);
  const [g1, g2, g3, g4] = [0, 1, 2, 3].map((k) =>
    scaled(terms.map((term) => [term[k] as number])).map(([g]) => g as number),
  );
  const raw = patterns.map(
    ({ length }, i) =>
      (g1?.[i] as number) - (g2?.[i] as number) + (g3?.[i] as number) - (g4?.[i] as number) + length / longest,
  );
  const weights = raw.map((weight) => weight - Math.min(...raw) + 0.01);
  const found: (readonly [string, readonly number[]])[] = [];
  let rest = [...rows.keys()];
  for (;;) {
    const gains = patterns.map(
      ({ members }, i) => members.filter((m) => rest.includes(m)).length / (weights[i] as number),
    );
    const best = gains.indexOf(Math.max(...gains));
    const chosen = patterns[best];
    if (!chosen || !((gains[best] as number) > 0)) break;
    found.push([chosen.name, rest.filter((i) => chosen.members.includes(i))]);
    rest = rest.filter((i) => !chosen.members.includes(i));
  }
  return rest.length > 0 ? [...found, ['none of these', rest]] : found;
}

/** All subsets by rising size, each in order. */
function subsetsOf<T>(items: readonly T[], longest: number): readonly (readonly T[])[] {
  let last: number[][] = [[]];
  const all: number[][] = [];
  for (let size = 0; size < longest; size++) {
    last = last.flatMap((places) => {
      const next: number[][] = [];
      for (let k = (places.at(-1) ?? -1) + 1; k < items.length; k++) next.push([...places, k]);
      return next;
    });
    all.push(...last);
  }
  return all.map((places) => places.map((k) => items[k] as T));
}

/** Each column with the range 0 to 1. */
function scaled(rows: readonly (readonly number[])[]): number[][] {
  return rows.map((row) =>
    row.map((value, k) => {
      const column = rows.map((other) => other[k] as number);
      const [low, high] = [Math.min(...column), Math.max(...column)];
      return high > low ? (value - low) / (high - low) : 0;
    }),
  );
}

function meanDistances(points: readonly (readonly number[])[], members: readonly number[]): readonly [number, number] {
  const centre = (points[0] ?? []).map(
    (_, k) => members.reduce((sum, i) => sum + (points[i]?.[k] as number), 0) / members.length,
  );
  const distance = (i: number): number =>
    Math.hypot(...(points[i] ?? []).map((value, k) => value - (centre[k] as number)));
  const outside = [...points.keys()].filter((i) => !members.includes(i));
  const mean = (list: readonly number[]): number => list.reduce((sum, i) => sum + distance(i), 0) / list.length;
  return [mean(members), mean(outside)];
}
