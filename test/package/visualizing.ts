/** What the page prints, as JSON. */
export interface Visualized {
  /** The steps that the worker told of while it went up. */
  readonly progress: readonly number[];
  /** The steps of the snapshots that it handed over on its way. */
  readonly snapshots: readonly number[];
  readonly shape: readonly number[];
  /** At the start and in the end. */
  readonly objective: readonly number[];
  /** What another call was ended by. */
  readonly aborted: string;
  /** Turns of the page's own event loop meanwhile. */
  readonly turns: number;
}

/** A module for a worker that makes a picture, and begins another that it is told to end. */
export const visualizingWorker = `import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { objectives, visualize } from 'vitrine';
await tf.setBackend('cpu');
const model = tfl.sequential({ layers: [
  tfl.layers.conv2d({ inputShape: [12, 12, 3], filters: 4, kernelSize: 3, activation: 'relu', name: 'conv' }),
  tfl.layers.globalAveragePooling2d({}),
  tfl.layers.dense({ units: 3 }),
] });
const wave = (count) => Float32Array.from({ length: count }, (_, i) => Math.sin(i));
model.setWeights(model.getWeights().map((w) => tf.tensor(wave(w.size), w.shape)));
const controller = new AbortController();
const options = { range: [-1, 1], steps: 20, snapshots: [0, 10, 20] };
const unit = objectives.channel('conv', 1);
const { images, objective } = await visualize(model, unit, {
  ...options,
  onProgress: ({ done }) => postMessage({ done }),
  onSnapshot: ({ step }) => postMessage({ step }),
});
onmessage = () => controller.abort(new Error('no longer wanted'));
let told = false;
const aborted = await visualize(model, unit, {
  ...options,
  steps: 100_000,
  snapshots: [0],
  signal: controller.signal,
  onProgress: () => {
    if (!told) postMessage({ ready: true });
    told = true;
  },
}).then(() => 'nothing', (reason) => reason.message);
postMessage({ shape: images.shape, objective: [...objective.data], aborted });
`;

/** A module for the page of such a worker. */
export function visualizingPage(report: string): string {
  return `const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
const [progress, snapshots] = [[], []];
let turns = 0;
const clock = setInterval(() => turns++, 1);
worker.onerror = ({ message }) => ${report}(JSON.stringify({ error: message }));
worker.onmessage = ({ data }) => {
  if (data.done) progress.push(data.done);
  else if ('step' in data) snapshots.push(data.step);
  else if (data.ready) worker.postMessage('stop');
  else {
    clearInterval(clock);
    ${report}(JSON.stringify({ progress, snapshots, turns, ...data }));
  }
};
`;
}
