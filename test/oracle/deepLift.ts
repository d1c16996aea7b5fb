/** A dense layer in plain numbers: kernel[i][j] from input i to unit j. */
export interface DenseLayer {
  readonly kernel: readonly (readonly number[])[];
  readonly bias: readonly number[];
  /** None for a linear layer. */
  readonly activation?: ((z: number) => number) | undefined;
  readonly rule: 'rescale' | 'revealCancel';
}

/** What each input contributes to the difference of one unit of the last layer; Shrikumar et al. 2017, §3.5, unit by unit. */
export function deepLiftOfUnit(
  layers: readonly DenseLayer[],
  { x, baseline, unit }: { x: readonly number[]; baseline: readonly number[]; unit: number },
): number[] {
  const passes: Pass[] = [];
  let [here, there] = [x, baseline];
  for (const layer of layers) {
    const pass = compare(layer, here, there);
    passes.push(pass);
    [here, there] = [pass.y, pass.y0];
  }
  let multipliers: number[] = here.map((_, j) => (j === unit ? 1 : 0));
  for (const [k, layer] of [...layers.entries()].reverse()) {
    multipliers = back(layer, passes[k] as Pass, multipliers);
  }
  return multipliers.map((m, i) => m * ((x[i] as number) - (baseline[i] as number)));
}

interface Pass {
  readonly delta: readonly number[];
  readonly y: readonly number[];
  readonly y0: readonly number[];
  /** Per unit, the multipliers of what raises and of what lowers it. */
  readonly slopes: readonly (readonly [number, number])[];
}

function compare({ kernel, bias, activation, rule }: DenseLayer, x: readonly number[], x0: readonly number[]): Pass {
  const delta = x.map((value, i) => value - (x0[i] as number));
  const sum = (values: readonly number[], j: number): number =>
    values.reduce((total, value, i) => total + value * weight(kernel, i, j), bias[j] as number);
  const z = bias.map((_, j) => sum(x, j));
  const z0 = bias.map((_, j) => sum(x0, j));
  const f = activation ?? ((value: number): number => value);
  const slopes = bias.map((_, j): readonly [number, number] => {
    if (!activation) return [1, 1];
    const contributions = delta.map((difference, i) => weight(kernel, i, j) * difference);
    return rule === 'rescale'
      ? rescaled(f, z[j] as number, z0[j] as number)
      : revealed(f, z0[j] as number, contributions);
  });
  return { delta, y: z.map(f), y0: z0.map(f), slopes };
}

function rescaled(f: (z: number) => number, z: number, z0: number): readonly [number, number] {
  const slope = z === z0 ? (f(z + 1e-6) - f(z - 1e-6)) / 2e-6 : (f(z) - f(z0)) / (z - z0);
  return [slope, slope];
}

function revealed(f: (z: number) => number, z0: number, contributions: readonly number[]): readonly [number, number] {
  const up = contributions.reduce((total, value) => total + Math.max(value, 0), 0);
  const down = contributions.reduce((total, value) => total + Math.min(value, 0), 0);
  const raised = 0.5 * (f(z0 + up) - f(z0) + f(z0 + up + down) - f(z0 + down));
  const lowered = 0.5 * (f(z0 + down) - f(z0) + f(z0 + up + down) - f(z0 + up));
  return [up === 0 ? 0 : raised / up, down === 0 ? 0 : lowered / down];
}

function back({ kernel }: DenseLayer, { delta, slopes }: Pass, multipliers: readonly number[]): number[] {
  return delta.map((difference, i) =>
    multipliers.reduce((total, m, j) => {
      const w = weight(kernel, i, j);
      const [up, down] = slopes[j] as readonly [number, number];
      const slope = w * difference > 0 ? up : w * difference < 0 ? down : (up + down) / 2;
      return total + w * slope * m;
    }, 0),
  );
}

function weight(kernel: DenseLayer['kernel'], i: number, j: number): number {
  return kernel[i]?.[j] as number;
}
