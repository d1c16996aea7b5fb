import type { LocationData, LocationOptions } from '../../src/metrics/index.ts';

interface NaiveInstability {
  readonly deviation: number[][];
  readonly vectorDeviation: number[][];
  readonly used: number[][];
  readonly perUnit: number[];
  readonly mean: number;
  readonly positionSpread: number[];
}

/** Location instability by plain loops. */
export function naiveInstability(
  { positions, scores, landmarks, imageSize }: LocationData,
  { top, ddof, select }: Required<LocationOptions>,
): NaiveInstability {
  const [images = 0, units = 0] = scores.shape;
  const count = landmarks.shape[1] as number;
  const diagonal = Math.sqrt(imageSize[0] ** 2 + imageSize[1] ** 2);
  const result: NaiveInstability = {
    deviation: [],
    vectorDeviation: [],
    used: [],
    perUnit: [],
    mean: 0,
    positionSpread: [],
  };
  for (let unit = 0; unit < units; unit++) {
    const [deviations, vectors, uses]: [number[], number[], number[]] = [[], [], []];
    for (let landmark = 0; landmark < count; landmark++) {
      let chosen: number[] = [];
      for (let image = 0; image < images; image++) chosen.push(image);
      const isSeen = (image: number): boolean => !Number.isNaN(landmarks.data[(image * count + landmark) * 2]);
      if (select === 'afterVisibility') chosen = chosen.filter(isSeen);
      // Selection sort: the greatest score first, of equal ones the first.
      const sorted: number[] = [];
      while (chosen.length > 0) {
        let best = 0;
        for (let k = 1; k < chosen.length; k++) {
          if (scoreOf(chosen[k] as number) > scoreOf(chosen[best] as number)) best = k;
        }
        sorted.push(...chosen.splice(best, 1));
      }
      const taken = sorted.slice(0, top).filter(isSeen);
      const [distances, rows, columns]: [number[], number[], number[]] = [[], [], []];
      for (const image of taken) {
        const [at, goal] = [(image * units + unit) * 2, (image * count + landmark) * 2];
        const row = ((landmarks.data[goal] as number) - (positions.data[at] as number)) / diagonal;
        const column = ((landmarks.data[goal + 1] as number) - (positions.data[at + 1] as number)) / diagonal;
        rows.push(row);
        columns.push(column);
        distances.push(Math.sqrt(row * row + column * column));
      }
      deviations.push(Math.sqrt(variance(distances, ddof)));
      vectors.push(Math.sqrt(variance(rows, ddof) + variance(columns, ddof)));
      uses.push(taken.length);
    }
    result.deviation.push(deviations);
    result.vectorDeviation.push(vectors);
    result.used.push(uses);
    result.perUnit.push(average(deviations.filter((value) => !Number.isNaN(value))));
    const all = Array.from({ length: images }, (_, image) => (image * units + unit) * 2);
    const spread = [0, 1].map((axis) =>
      variance(
        all.map((at) => positions.data[at + axis] as number),
        ddof,
      ),
    );
    result.positionSpread.push(Math.sqrt((spread[0] as number) + (spread[1] as number)) / diagonal);

    function scoreOf(image: number): number {
      return scores.data[image * units + unit] as number;
    }
  }
  return { ...result, mean: average(result.perUnit.filter((value) => !Number.isNaN(value))) };
}

function average(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function variance(values: readonly number[], ddof: number): number {
  if (values.length < 2) return Number.NaN;
  const mean = average(values);
  let sum = 0;
  for (const value of values) sum += (value - mean) ** 2;
  return sum / (values.length - ddof);
}
