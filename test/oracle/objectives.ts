import type { NdArray } from '../../src/numeric/ndarray.ts';

/** The activations of a picture, or its pixels, by row, column and unit, in 64-bit numbers. */
export type Values = readonly (readonly (readonly number[])[])[];

/** The values of each picture of a batch `[n, h, w, c]`. */
export function valuesOf({ shape, data }: NdArray): readonly Values[] {
  const [count, rows, columns, units] = shape as [number, number, number, number];
  const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
  return range(count).map((n) =>
    range(rows).map((y) =>
      range(columns).map((x) => range(units).map((u) => data[((n * rows + y) * columns + x) * units + u] as number)),
    ),
  );
}

const places = (values: Values): readonly (readonly number[])[] => values.flat();
const total = (numbers: readonly number[]): number => numbers.reduce((sum, value) => sum + value, 0);
const average = (numbers: readonly number[]): number => total(numbers) / numbers.length;
const dot = (a: readonly number[], b: ArrayLike<number>): number =>
  total(a.map((value, i) => value * (b[i] as number)));
const length = (a: readonly number[]): number => Math.sqrt(dot(a, a));

/** The score of each picture of a batch. */
export type Score = (batch: readonly Values[]) => readonly number[];

export function channelScore(unit: number): Score {
  return (batch) => batch.map((values) => average(places(values).map((a) => a[unit] as number)));
}

export function neuronScore(unit: number): Score {
  return (batch) =>
    batch.map((values) => {
      const row = values[Math.floor(values.length / 2)] as Values[number];
      return (row[Math.floor(row.length / 2)] as readonly number[])[unit] as number;
    });
}

export function layerScore(power: number): Score {
  return (batch) => batch.map((values) => average(places(values).flatMap((a) => a.map((value) => value ** power))));
}

export function directionScore(vector: readonly number[], power: number): Score {
  return (batch) =>
    batch.map((values) =>
      average(
        places(values).map((a) => {
          const cosine = dot(a, vector) / ((length(a) + 1e-4) * (length(vector) + 1e-4));
          return dot(a, vector) * Math.max(0.1, cosine) ** power;
        }),
      ),
    );
}

export const diversityScore: Score = (batch) => {
  const grams = batch.map((values) => {
    const units = (values[0] as Values[number])[0]?.length as number;
    const gram = Array.from({ length: units * units }, (_, i) =>
      total(places(values).map((a) => (a[Math.floor(i / units)] as number) * (a[i % units] as number))),
    );
    const size = Math.sqrt(dot(gram, gram) + 1e-10);
    return gram.map((value) => value / size);
  });
  return grams.map((gram, i) => total(grams.map((other, j) => (i === j ? 0 : dot(gram, other)))));
};

export function alignmentScore(decay: number): Score {
  return (batch) =>
    batch.map((values, i) =>
      total(
        [1, 2, 3, 4].flatMap((d) =>
          [i - d, i + d].map((j) => {
            const other = batch[j];
            if (!other) return 0;
            const [a, b] = [places(values).flat(), places(other).flat()];
            return (-0.5 * average(a.map((value, k) => (value - (b[k] as number)) ** 2))) / decay ** d;
          }),
        ),
      ),
    );
}

/** Minus the mean squared difference from one picture's values. */
export function matchScore(reference: readonly number[]): Score {
  return (batch) =>
    batch.map(
      (values) =>
        -average(
          places(values)
            .flat()
            .map((value, k) => (value - (reference[k] as number)) ** 2),
        ),
    );
}

export function interpolationScore(first: Score, second: Score): Score {
  return (batch) => {
    const [a, b] = [first(batch), second(batch)];
    return a.map((value, n) => {
      const t = n / (batch.length - 1);
      return (1 - t) * value + t * (b[n] as number);
    });
  };
}

export function l1Score(color: number): Score {
  return (batch) =>
    batch.map((values) => total(places(values).flatMap((a) => a.map((value) => Math.abs(value - color)))));
}

export function l2Score(color: number): Score {
  return (batch) =>
    batch.map((values) =>
      Math.sqrt(1e-6 + total(places(values).flatMap((a) => a.map((value) => (value - color) ** 2)))),
    );
}

export function distanceScore(picture: readonly number[]): Score {
  return (batch) => matchScore(picture)(batch).map((value) => Math.sqrt(-value));
}

export const totalVariationScore: Score = (batch) =>
  batch.map((values) =>
    total(
      values.flatMap((row, y) =>
        row.flatMap((a, x) =>
          a.map((value, u) => {
            const [below, right] = [values[y + 1]?.[x]?.[u], row[x + 1]?.[u]];
            return Math.abs((below ?? value) - value) + Math.abs((right ?? value) - value);
          }),
        ),
      ),
    ),
  );

/** A blur whose border is half as heavy as its middle, of those pixels that are there. */
export function blurOf(values: Values, width: number): Values {
  const reach = (width - 1) / 2;
  return values.map((row, y) =>
    row.map((a, x) =>
      a.map((_, u) => {
        let [sum, mass] = [0, 0];
        for (let dy = -reach; dy <= reach; dy++) {
          for (let dx = -reach; dx <= reach; dx++) {
            const value = values[y + dy]?.[x + dx]?.[u];
            if (value === undefined) continue;
            const weight = Math.max(Math.abs(dy), Math.abs(dx)) === reach ? 0.5 : 1;
            sum += weight * value;
            mass += weight;
          }
        }
        return sum / mass;
      }),
    ),
  );
}

/** Half the squared distance of pictures from blurs that are held still. */
export function blurredScore(still: readonly Values[]): Score {
  return (batch) =>
    batch.map((values, n) =>
      total(
        values.flatMap((row, y) =>
          row.flatMap((a, x) => a.map((value, u) => 0.5 * (value - (still[n]?.[y]?.[x]?.[u] as number)) ** 2)),
        ),
      ),
    );
}

export function boundaryScore(width: number, color: number): Score {
  return (batch) =>
    batch.map((values) => {
      const smooth = blurOf(values, 5);
      return total(
        values.flatMap((row, y) =>
          row.flatMap((a, x) => {
            const isInside = y >= width && y < values.length - width && x >= width && x < row.length - width;
            return a.map((value, u) =>
              isInside ? 0 : ((smooth[y]?.[x]?.[u] as number) - value) ** 2 + 0.8 * (value - color) ** 2,
            );
          }),
        ),
      );
    });
}

/** The gradient of the sum of all scores, by finite differences of 64-bit numbers. */
export function slopesOf(score: Score, x: NdArray, by = 1e-4): NdArray {
  const sumAt = (data: Float64Array): number =>
    total(score(valuesOf({ shape: x.shape, data: data as unknown as Float32Array })));
  const data = Float64Array.from(x.data);
  return {
    shape: x.shape,
    data: Float32Array.from(x.data, (value, i) => {
      const at = (moved: number): number => {
        data[i] = moved;
        const sum = sumAt(data);
        data[i] = value;
        return sum;
      };
      return (at(value + by) - at(value - by)) / (2 * by);
    }),
  };
}
