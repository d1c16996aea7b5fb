import * as tf from '@tensorflow/tfjs-core';
import { contactSheet, encodePng, fromInput, visualize } from 'vitrine';
import type { SheetCell } from 'vitrine/render';
import { naturalExamples, type Parameterization, pathCheck } from 'vitrine/visualization';
import { foolingCircuit, noises, patterned, side, templateCount } from '../../../test/support/foolingCircuit.ts';

const pixels = { range: [0, 1], channels: 1 } as const;

/** Pictures of the family that the natural ones are of, but brighter: a pattern of the same contrast, repeated. */
const tiles: Parameterization = {
  name: 'tiles',
  start: ({ count }, source) => [
    { shape: [count, 4, 4, 1], data: Float32Array.from({ length: 16 * count }, () => source.normal()) },
  ],
  render: ([tile]) => {
    const centered = tf.sub(tile as tf.Tensor, tf.mean(tile as tf.Tensor, [1, 2, 3], true));
    const unit = tf.div(centered, tf.sqrt(tf.sum(tf.square(centered), [1, 2, 3], true)));
    return tf.clipByValue(tf.add(tf.tile(tf.mul(unit, 0.8), [1, 3, 3, 1]), 0.7), 0, 1) as tf.Tensor4D;
  },
};

const units = [
  [0, 'A, which fools', 'aim: an objective above the best natural one, at most 0.2'],
  [1, 'F, honest', 'aim: at least 0.8'],
] as const;

/** Unit A of the circuit is F in natural pictures and D in others: what is made for it shows D. */
export async function studyCircuit(print: (line: string) => void): Promise<Uint8Array> {
  const model = foolingCircuit();
  const images = patterned(Array.from({ length: 5 * templateCount }, (_, i) => i % templateCount));
  const options = { images, layers: ['detectors', 'all'], count: 5 };
  const cells: SheetCell[] = [];
  for (const [unit, name, aim] of units) {
    const objective = { layer: 'head', unit };
    const settings = { size: side, parameterization: tiles, transforms: [], steps: 160, count: 8 };
    const made = await visualize(model, objective, { ...pixels, ...settings });
    // The best of eight starts: others end where the unit is dead.
    const best = made.objective.data.indexOf(Math.max(...made.objective.data));
    const size = side * side;
    const x = { shape: [1, side, side, 1], data: made.images.data.slice(best * size, (best + 1) * size) };
    const { curve, objective: values, natural } = await pathCheck(model, x, { ...options, objective });
    const objectives = `objective ${values[0]?.toFixed(3)} (best natural ${natural[0]?.objective.toFixed(3)})`;
    print(
      `circuit, ${name}: ${objectives}, path score ${curve.map(({ score }) => score?.[0]?.toFixed(2)).join(', ')}; ${aim}`,
    );
    const [examples = []] = await naturalExamples(model, images, { objectives: [objective], scale: pixels, count: 3 });
    cells.push({ picture: fromInput(x, pixels), title: name });
    cells.push(...examples.map(({ picture }) => ({ picture, title: 'natural' })));
  }
  const { curve } = await pathCheck(model, noises(16), { ...options, objective: { layer: 'head', unit: 1 } });
  const means = curve.map(({ score }) => Array.from(score ?? []).reduce((sum, value) => sum + value / 16, 0));
  print(`circuit, noise: path score ${means.map((mean) => mean.toFixed(2)).join(', ')}; aim: at most 0.2`);
  model.dispose();
  return encodePng(contactSheet(cells, { columns: 4, cellWidth: 96 }));
}
