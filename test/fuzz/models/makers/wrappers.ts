import { layers as l } from '@tensorflow/tfjs-layers';
import { type Makers, ofRank, type Shape } from './maker.ts';
import { plain } from './plain.ts';
import { recurrent } from './recurrent.ts';

const inner = { ...plain, ...recurrent };
const directed = ['lstm', 'gru', 'simpleRNN'] as const;
const mergeModes = ['concat', 'sum', 'mul', 'ave'] as const;

export const wrappers: Makers = {
  timeDistributed: (shape, draws) => {
    if (shape.length < 2) return undefined;
    const layer = draws.oneOf(Object.values(inner))(shape.slice(1) as Shape, draws);
    return layer && l.timeDistributed({ layer });
  },
  bidirectional: ofRank(2, (draws, shape) => {
    const layer = recurrent[draws.oneOf(directed)]?.(shape, draws);
    return layer && l.bidirectional({ layer: layer as never, mergeMode: draws.oneOf(mergeModes) });
  }),
};
