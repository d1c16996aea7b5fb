import type { PartData } from '../../src/metrics/index.ts';

interface NaiveParts {
  readonly thresholds: number[];
  readonly iou: number[];
  readonly rates: number[];
  readonly mean: number;
}

/** Part interpretability by plain loops: every pixel asks every position. */
export function naivePartInterpretability(
  { activations, parts }: PartData,
  {
    centre,
    jump,
    radius,
    quantile,
    threshold,
  }: Record<'radius' | 'quantile' | 'threshold', number> & Record<'centre' | 'jump', readonly [number, number]>,
): NaiveParts {
  const [images = 0, rows = 0, columns = 0, units = 0] = activations.shape;
  const [, count = 0, height = 0, width = 0] = parts.shape;
  const at = (image: number, row: number, column: number, unit: number): number =>
    activations.data[((image * rows + row) * columns + column) * units + unit] as number;
  const thresholds: number[] = [];
  for (let unit = 0; unit < units; unit++) {
    const all: number[] = [];
    for (let k = unit; k < activations.data.length; k += units) all.push(activations.data[k] as number);
    all.sort((a, b) => b - a);
    thresholds.push(all[Math.floor(quantile * all.length)] as number);
  }
  const isLit = (image: number, unit: number, y: number, x: number): boolean => {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const [down, across] = [y - centre[0] - row * jump[0], x - centre[1] - column * jump[1]];
        const isNear = down * down + across * across <= radius * radius;
        if (isNear && at(image, row, column, unit) > (thresholds[unit] as number)) return true;
      }
    }
    return false;
  };
  const iou: number[] = [];
  const hits = new Array<number>(units * count).fill(0);
  const shown = new Array<number>(units * count).fill(0);
  for (let image = 0; image < images; image++) {
    for (let unit = 0; unit < units; unit++) {
      const lit: boolean[] = [];
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) lit.push(isLit(image, unit, y, x));
      for (let part = 0; part < count; part++) {
        let [both, either, own] = [0, 0, 0];
        for (let pixel = 0; pixel < height * width; pixel++) {
          const isPart = parts.data[(image * count + part) * height * width + pixel] !== 0;
          if (isPart) own++;
          if (isPart && lit[pixel]) both++;
          if (isPart || lit[pixel]) either++;
        }
        const value = either === 0 ? 0 : both / either;
        iou.push(value);
        if (own === 0) continue;
        const k = unit * count + part;
        shown[k] = (shown[k] as number) + 1;
        if (value > threshold) hits[k] = (hits[k] as number) + 1;
      }
    }
  }
  const rates = hits.map((hit, k) => hit / (shown[k] as number));
  let mean = 0;
  for (let unit = 0; unit < units; unit++) mean += Math.max(...rates.slice(unit * count, (unit + 1) * count)) / units;
  return { thresholds, iou, rates, mean };
}
