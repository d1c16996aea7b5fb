import { type NdArray, type Network, predict } from 'vitrine';
import type { Adversarial } from 'vitrine/diagnosis';
import { scale } from '../../../visualization/network.ts';

/**
 * The smallest change on the line of a found one that is left of it in a picture file: it is lengthened, rounded to whole
 * shades and looked at, until the class is another. Lengths are in shades of 255.
 */
export async function survivingOf(
  network: Network,
  x: NdArray,
  { adversarial, label }: Adversarial,
): Promise<{ readonly l2: number; readonly linf: number } | undefined> {
  for (let factor = 1; factor < 1000; factor *= 1.25) {
    const data = x.data.map((value, i) => rounded(value + factor * ((adversarial.data[i] as number) - value)));
    const { values } = await predict(network, { shape: x.shape, data });
    if (values.data.indexOf(Math.max(...values.data)) !== label[0]) return lengthsOf(data, x.data);
  }
  return undefined;
}

function rounded(value: number): number {
  const shade = Math.round(value * scale.std + scale.mean);
  return (Math.min(Math.max(shade, 0), 255) - scale.mean) / scale.std;
}

function lengthsOf(a: Float32Array, b: Float32Array): { readonly l2: number; readonly linf: number } {
  const changes = a.map((value, i) => Math.abs(value - (b[i] as number)) * scale.std);
  return {
    l2: Math.sqrt(changes.reduce((sum, change) => sum + change * change, 0)),
    linf: changes.reduce((most, change) => Math.max(most, change), 0),
  };
}
