/** The area under points at equal distances on [0, 1] by the trapezoid rule; of one point its value. */
export function trapezoid(values: ArrayLike<number>): number {
  const steps = values.length - 1;
  if (steps === 0) return values[0] as number;
  let sum = ((values[0] as number) + (values[steps] as number)) / 2;
  for (let i = 1; i < steps; i++) sum += values[i] as number;
  return sum / steps;
}
