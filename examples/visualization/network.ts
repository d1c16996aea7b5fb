import { readFile } from 'node:fs/promises';
import { compile, type Network } from 'vitrine';
import { readModel } from 'vitrine/node';

/** EfficientNet-Lite0, the names of its classes, and how pixels become its input. */
export interface Lite0 {
  readonly network: Network;
  readonly labels: readonly string[];
  readonly dispose: () => void;
}

export const scale = { mean: 127, std: 128 } as const;
export const side = 224;

export async function lite0(): Promise<Lite0> {
  const folder = 'examples/models/efficientnet-lite0';
  const model = await readModel(`${folder}/model.json`);
  const labels = JSON.parse(await readFile(`${folder}/labels.json`, 'utf8')) as readonly string[];
  const network = compile(model);
  return {
    network,
    labels,
    dispose() {
      network.dispose();
      model.dispose();
    },
  };
}
