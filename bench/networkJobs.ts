import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  compile,
  composites,
  gradCam,
  gradient,
  integratedGradients,
  lrp,
  type Network,
  occlusion,
  predict,
  rise,
} from '../src/index.ts';
import type { Composite } from '../src/network/walk/composite.ts';
import type { Aims } from './aims.ts';
import { precision } from './arguments.ts';
import type { Job } from './measure.ts';
import { inputFor } from './networks.ts';

const STEPS = 50;
const MASKS = 1000;
const WINDOW = { window: 32, stride: 16 } as const;
/** Windows of {@link WINDOW} along a side of 224 pixels, squared. */
const POSITIONS = 13 ** 2;

/** The work on one network that is measured. */
export interface NetworkJobs {
  /** What tells most: a prediction of stock tfjs, the passes, Grad-CAM and LRP. */
  readonly essential: readonly Job[];
  /** Other work of a pass or two. */
  readonly others: readonly Job[];
  /** Many passes, of which fewer rounds tell as much. */
  readonly windows: readonly Job[];
  /** Many more: one network shows them. */
  readonly samples: readonly Job[];
  readonly dispose: () => void;
}

/** The work on a model; its unit is a prediction of stock tfjs. */
export function networkJobs(model: LayersModel, aims?: Aims): NetworkJobs {
  const x = inputFor(model);
  const compiled = (): Network => compile(model, precision ? { precision } : {});
  const network = compiled();
  const work = (name: string, run: Job['run'], aim?: number): Job => ({
    name,
    run,
    per: 'stock predict',
    ...(aim !== undefined && { aim }),
  });
  const first = (name: string, run: (fresh: Network) => Promise<unknown>): Job =>
    work(`first ${name}, compiling included`, async () => {
      const fresh = compiled();
      await run(fresh);
      fresh.dispose();
    });
  const relevance = (name: string, composite: Composite, aim?: number): Job =>
    work(`LRP ${name}`, () => lrp(network, x, { composite }), aim);
  const stock: Job = { name: 'stock predict', run: () => stockPredict(model, x) };
  const map = work('gradient map', () => gradient(network, x), aims?.gradient);
  return {
    essential: [
      stock,
      work('compiled forward', () => predict(network, x), aims?.forward),
      map,
      work('Grad-CAM', () => gradCam(network, x, { size: 'layer' }), aims?.gradCam),
      relevance('ε⁺', composites.epsilonPlus(), aims?.positive),
    ],
    others: [
      relevance('ε⁺ flat', composites.epsilonPlusFlat(), aims?.positive),
      relevance('α2 β1', composites.epsilonAlpha2Beta1(), aims?.signed),
      relevance('ε γ box', composites.epsilonGammaBox(-1, 1), aims?.signed),
      first('forward', (fresh) => predict(fresh, x)),
      first('gradient map', (fresh) => gradient(fresh, x)),
      work('forward, bare model', () => predict(model, x)),
      work('gradient map, bare model', () => gradient(model, x)),
      work('Grad-CAM, bare model', () => gradCam(model, x, { size: 'layer' })),
    ],
    windows: [stock, work(`occlusion, ${POSITIONS} positions`, () => occlusion(network, x, WINDOW), aims?.occlusion)],
    samples: [
      map,
      {
        name: `integrated gradients, ${STEPS} steps`,
        run: () => integratedGradients(network, x, { steps: STEPS }),
        per: 'gradient map',
        aim: 1.05 * STEPS,
      },
      work(`RISE, ${MASKS} masks`, () => rise(network, x, { samples: MASKS }), aims && 1.1 * MASKS * aims.forward),
    ],
    dispose() {
      network.dispose();
      x.dispose();
      model.dispose();
    },
  };
}

/** A prediction of tfjs itself, read. */
export async function stockPredict(model: LayersModel, x: tf.Tensor): Promise<void> {
  const output = model.predict(x) as tf.Tensor;
  await output.data();
  output.dispose();
}
