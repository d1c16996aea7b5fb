import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { compile, type Network } from '../src/index.ts';
import { objectives, parameterizations, visualize } from '../src/visualization/index.ts';
import { build, precision } from './arguments.ts';
import type { Job } from './measure.ts';
import { stockPredict } from './networkJobs.ts';
import { inputFor, inputShaped } from './networks.ts';

/** Steps in a job: the first has its gradients redirected, as 16 of the 256 steps by default have. */
const STEPS = 16;
const LAYER = 'block10_project_bn';

/** A step at 224 and 128 pixels in stock predictions at 224, and in gradients of the same layer at the same size. */
const aims = {
  plain: { 224: 1, 128: 0.36 },
  relaxed: { 224: 0.9, 128: 0.33 },
} as const;
const inGradients = { 224: 1.4, 128: 1.35 } as const;

/** Feature visualization of a unit of EfficientNet-Lite0; its unit is a prediction of stock tfjs. */
export function visualizationJobs(model: LayersModel): { jobs: readonly Job[]; dispose: () => void } {
  const network = compile(model, precision ? { precision } : {});
  const x = inputFor(model);
  const stock: Job = { name: 'stock predict', run: () => stockPredict(model, x) };
  const steps =
    (size: 128 | 224, parameterization = parameterizations.fourier()) =>
    () =>
      visualize(network, objectives.channel(LAYER, 3), {
        size,
        parameterization,
        steps: STEPS,
        redirected: 1,
        mean: 127,
        std: 128,
      });
  const atSize = (size: 128 | 224): readonly Job[] => {
    const map = `gradient of the layer, ${size} px`;
    return [
      { name: map, run: () => layerGradient(network, size), per: 'stock predict' },
      { name: `${STEPS} steps, ${size} px`, run: steps(size), per: 'stock predict', aim: STEPS * aims[build][size] },
      { name: `${STEPS} steps, ${size} px, in gradients`, run: steps(size), per: map, aim: STEPS * inGradients[size] },
      {
        name: `${STEPS} steps of pixels, ${size} px, in gradients`,
        run: steps(size, parameterizations.pixels()),
        per: map,
        aim: STEPS * 1.15,
      },
    ];
  };
  return {
    jobs: [stock, ...atSize(224), ...atSize(128)],
    dispose() {
      network.dispose();
      x.dispose();
      model.dispose();
    },
  };
}

/** The gradient of a layer's mean by a picture of a size, which need not be the model's. */
async function layerGradient(network: Network, size: number): Promise<void> {
  const { shape, data } = inputShaped([1, size, size, 3]);
  const [input, site] = [network.inputs[0], network.site(LAYER)];
  const gradient = tf.tidy(() => {
    const record = network.forward([tf.tensor(data, [...shape])], { taps: [site], differentiate: { to: [input] } });
    const seed = tf.onesLike(record.value(site));
    return record.backward(new Map([[site, seed]]), { to: [input] }).get(input)?.[0] as tf.Tensor;
  });
  await gradient.data();
  gradient.dispose();
}
