import type { LayersModel } from '@tensorflow/tfjs-layers';
import { allLayers } from '../../../src/network/graph/layersModel.ts';
import type { Look } from '../look.ts';
import type { Entry } from './checks/table.ts';
import { type RandomModel, randomModel } from './randomModel.ts';
import { statefulLayers } from './states.ts';

/** Makes the model of each seed and checks it; what is wrong is said of the fewest layers that show it. */
export function lookAtModels(entry: Entry): Look {
  return async (seed) => {
    const whole = randomModel(seed, entry);
    const wrong = await wrongWith(whole, entry);
    return wrong && ((await smaller(seed, entry)) ?? `${wrong}: ${whole.text}`);
  };
}

async function smaller(seed: number, entry: Entry): Promise<string | undefined> {
  for (let layers = 1; layers < 8; layers++) {
    const random = randomModel(seed, { ...entry, layers });
    const wrong = await wrongWith(random, entry);
    if (wrong) return `${wrong}: ${random.text}`;
  }
  return undefined;
}

async function wrongWith(random: RandomModel, { check, mayRefuse }: Entry): Promise<string | undefined> {
  const { model, classes } = random;
  const before = await stateOf(model);
  try {
    const wrong = await check(random).catch((error: unknown) =>
      unclear(error, model, mayRefuse?.test(classes) ?? false),
    );
    return wrong ?? ((await stateOf(model)) === before ? undefined : 'the model was changed');
  } finally {
    random.dispose();
  }
}

/** An error is fine where a refusal is, if it says which layer cannot do it, or which argument is to be another. */
function unclear(error: unknown, model: LayersModel, mayRefuse: boolean): string | undefined {
  const message = error instanceof Error ? error.message : String(error);
  const isClear = /^"\w+" expected/.test(message) || namesOf(model).some((name) => message.includes(name));
  return mayRefuse && isClear && !(error instanceof TypeError) ? undefined : `fails: ${message.slice(0, 300)}`;
}

function namesOf(model: LayersModel): string[] {
  return [...allLayers(model as never)].map(({ name }) => name);
}

/** Its weights and states, and how often each layer is called. */
async function stateOf(model: LayersModel): Promise<string> {
  const tensors = [
    ...model.weights.map((weight) => weight.read()),
    ...statefulLayers(model).flatMap((layer) => layer.states_),
  ];
  const weights = await Promise.all(tensors.map((tensor) => tensor.data()));
  const calls = model.layers.map(({ inboundNodes, outboundNodes }) => [inboundNodes.length, outboundNodes.length]);
  return JSON.stringify([calls, weights.map((values) => [...values])]);
}
