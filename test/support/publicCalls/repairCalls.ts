import { refitHead } from '../../../src/diagnosis/index.ts';
import { compile, type Network } from '../../../src/network/index.ts';
import { type PublicCalls, sent } from './sent.ts';

type Others = [Parameters<typeof refitHead>[1], Parameters<typeof refitHead>[2], Parameters<typeof refitHead>[3]];

/** Networks that are mended. */
export const repairCalls: PublicCalls = {
  refitHead: (given) =>
    sent(
      async (model: unknown, ...others: Others) => {
        // What a network makes of weights stays until it is disposed: each call compiles one of its own.
        const own = model === given.pictures ? compile(given.pictures) : undefined;
        try {
          const { network, ...fitted } = await refitHead(own ?? (model as Network), ...others);
          network.dispose();
          return fitted;
        } finally {
          own?.dispose();
        }
      },
      given.pictures,
      given.input([6, 12, 12, 3], 1),
      Int32Array.of(0, 1, 2, 0, 1, 2),
      { penalty: 0.1, ...given.run },
    ),
};
