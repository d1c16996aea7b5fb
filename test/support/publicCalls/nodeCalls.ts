import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readBroden, readModel, readNetwork, readPicture } from '../../../src/node/index.ts';
import { brodenFiles } from '../brodenFiles.ts';
import { listOf } from '../listOf.ts';
import { type PublicCalls, sent } from './sent.ts';

const model = 'test/fixtures/models/vgg-tiny/model.json';

/** What reads files. */
export const nodeCalls: PublicCalls = {
  readModel: ({ run: { signal } }) =>
    sent(
      async (...args: Parameters<typeof readModel>) => {
        const read = await readModel(...args);
        const weights = await Promise.all(read.getWeights().map((weight) => weight.data()));
        read.dispose();
        return weights;
      },
      model,
      signal ? { signal } : {},
    ),
  readNetwork: ({ run: { signal } }) =>
    sent(
      async (...args: Parameters<typeof readNetwork>) => {
        const network = await readNetwork(...args);
        network.dispose();
        return network.operations.length;
      },
      model,
      signal ? { signal } : {},
    ),
  readPicture: () => sent(readPicture, 'test/fixtures/images/lossless.webp.png'),
  readBroden: () =>
    sent(
      async (options: Parameters<typeof readBroden>[1]) => {
        const folder = brodenFolder();
        try {
          const { dataset, ...rest } = await readBroden(folder, options);
          return { ...rest, images: await listOf(dataset()) };
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
      { split: 'train', input: { size: 4, range: [0, 1] } },
    ),
};

function brodenFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-'));
  for (const [name, bytes] of brodenFiles()) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}
