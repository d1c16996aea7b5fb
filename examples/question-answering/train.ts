import '@tensorflow/tfjs-backend-wasm';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { installKernels, useBackend } from 'vitrine';
import { stacked } from '../scenes/rows.ts';
import { saveModel } from '../scenes/saveModel.ts';
import { train } from '../scenes/train.ts';
import { accuracy } from './accuracy.ts';
import { answer, questionNetwork, see, seenShape } from './network.ts';
import { answers, type Item, item, questionLength, size, tokensOf } from './questions.ts';
import { thingsMap } from './thingsMap.ts';

// `npm run train:question`: the convolutions learn to see things, then the rest learns to answer.
const folder = 'examples/question-answering/model';
const scenes = Number(process.argv[2] ?? 4000);
const seed = 1;

await useBackend('wasm');
installKernels();
const started = performance.now();
const items = Array.from({ length: scenes }, (_, i) => item(seed, i, 4));
const held = Array.from({ length: 500 }, (_, i) => item(seed + 1, i, 2));
log(`${scenes} scenes`);

const picture = tfl.input({ shape: [size, size, 3] });
const seeing = tfl.model({ inputs: picture, outputs: see(picture) });
await train(
  seeing,
  {
    count: items.length,
    batch: (rows) => ({ inputs: [pictures(picked(items, rows))], labels: stacked(picked(items, rows).map(thingsMap)) }),
  },
  {
    loss: 'binaryCrossentropy',
    rates: [0.002, 0.002, 0.001, 0.0003],
    batchSize: 8,
    seed,
    onEpoch: (epoch, loss) => log(`seeing, epoch ${epoch}: loss ${loss.toFixed(5)}`),
  },
);

const features = await seenIn(items);
const pairs = items.flatMap(({ asked }, i) => asked.map((pair) => ({ ...pair, seen: features[i] as Seen })));
const [seen, question] = [tfl.input({ shape: [...seenShape] }), tfl.input({ shape: [questionLength] })];
const answering = tfl.model({ inputs: [seen, question], outputs: answer(seen, question) });
await train(
  answering,
  {
    count: pairs.length,
    batch: (rows) => {
      const chosen = picked(pairs, rows);
      return {
        inputs: [stacked(chosen.map((pair) => pair.seen)), stacked(chosen.map((pair) => tokensOf(pair.question)))],
        labels: tf.oneHot(
          chosen.map((pair) => answers.indexOf(pair.answer)),
          answers.length,
        ),
      };
    },
  },
  {
    loss: 'categoricalCrossentropy',
    rates: [0.003, 0.003, 0.003, 0.003, 0.003, 0.003, 0.001, 0.0003],
    batchSize: 32,
    seed,
    onEpoch: (epoch, loss) => log(`answering, epoch ${epoch}: loss ${loss.toFixed(4)}`),
  },
);

const whole = questionNetwork();
copyWeights([seeing, answering], whole);
await saveModel(whole, folder);
const { right, total, byKind } = await accuracy(whole, held);
log(`held-out scenes: ${right} of ${total} answers are right (${((100 * right) / total).toFixed(1)}%)`);
for (const [kind, part] of byKind) console.log(`  ${kind} …: ${part.right} of ${part.total}`);
console.log(`written: ${folder}`);

interface Seen {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

function pictures(chosen: readonly Item[]): Tensor {
  return stacked(chosen.map((one) => one.picture));
}

function picked<T>(list: readonly T[], rows: readonly number[]): readonly T[] {
  return rows.map((row) => list[row] as T);
}

/** What the convolutions make of each picture. */
async function seenIn(chosen: readonly Item[]): Promise<readonly Seen[]> {
  const found: Seen[] = [];
  for (const { picture: one } of chosen) {
    const output = tf.tidy(() => seeing.predict(stacked([one])) as Tensor);
    found.push({ shape: output.shape, data: (await output.data()) as Float32Array });
    output.dispose();
  }
  return found;
}

/** Gives each layer the weights of the layer of the same name. */
function copyWeights(from: readonly LayersModel[], to: LayersModel): void {
  for (const layer of from.flatMap(({ layers }) => layers)) {
    if (layer.getWeights().length > 0) to.getLayer(layer.name).setWeights(layer.getWeights());
  }
}

function log(text: string): void {
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
}
