/** A parameter that Adam moves, with its running means. */
export interface AdamParameter {
  readonly values: Float64Array;
  readonly mean: Float64Array;
  readonly square: Float64Array;
}

/** A parameter before the first step. */
export function adamParameter(values: Float64Array): AdamParameter {
  return { values, mean: new Float64Array(values.length), square: new Float64Array(values.length) };
}

/** Moves a parameter against its gradient; `step` counts from 1. Algorithm 1, Kingma and Ba 2015, with their constants. */
export function adamUpdate(
  { values, mean, square }: AdamParameter,
  gradient: Float64Array,
  { step, learningRate }: { readonly step: number; readonly learningRate: number },
): void {
  const [beta1, beta2] = [0.9, 0.999];
  gradient.forEach((slope, i) => {
    mean[i] = beta1 * (mean[i] as number) + (1 - beta1) * slope;
    square[i] = beta2 * (square[i] as number) + (1 - beta2) * slope * slope;
    const unbiased = (mean[i] as number) / (1 - beta1 ** step);
    const size = Math.sqrt((square[i] as number) / (1 - beta2 ** step)) + 1e-8;
    values[i] = (values[i] as number) - (learningRate * unbiased) / size;
  });
}
