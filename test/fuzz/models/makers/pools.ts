import { layers as l } from '@tensorflow/tfjs-layers';
import { always, type LayerMaker, type Makers, ofRank } from './maker.ts';
import { layoutOf, windowOf } from './windows.ts';

type Make = (config: never) => ReturnType<LayerMaker>;

export const pools: Makers = {
  maxPooling1d: pool(l.maxPooling1d, 1),
  averagePooling1d: pool(l.averagePooling1d, 1),
  maxPooling2d: pool(l.maxPooling2d, 2),
  averagePooling2d: pool(l.averagePooling2d, 2),
  maxPooling3d: pool(l.maxPooling3d, 3),
  averagePooling3d: pool(l.averagePooling3d, 3),
  globalMaxPooling1d: ofRank(2, () => l.globalMaxPooling1d()),
  globalAveragePooling1d: ofRank(2, () => l.globalAveragePooling1d()),
  globalMaxPooling2d: ofRank(3, (draws, shape) => l.globalMaxPooling2d(formatOf(layoutOf(shape, draws)))),
  globalAveragePooling2d: ofRank(3, (draws, shape) => l.globalAveragePooling2d(formatOf(layoutOf(shape, draws)))),
};

/** What changes nothing where a model predicts. */
export const idle: Makers = {
  dropout: always((draws) => l.dropout({ rate: draws.uniform() })),
  alphaDropout: always((draws) => l.alphaDropout({ rate: draws.uniform() })),
  gaussianDropout: always((draws) => l.gaussianDropout({ rate: draws.uniform() })),
  gaussianNoise: always((draws) => l.gaussianNoise({ stddev: draws.uniform() })),
  spatialDropout1d: ofRank(2, (draws) => l.spatialDropout1d({ rate: draws.uniform() })),
};

function pool(make: Make, rank: 1 | 2 | 3): LayerMaker {
  return ofRank(rank + 1, (draws, shape) => {
    const layout = rank === 1 ? { dataFormat: 'channelsLast', lengths: shape.slice(0, -1) } : layoutOf(shape, draws);
    const { size, strides, padding } = windowOf(layout.lengths, draws);
    return make({ ...formatOf(layout as never), poolSize: size, strides, padding } as never);
  });
}

function formatOf({ dataFormat }: { dataFormat: 'channelsFirst' | 'channelsLast' }): { dataFormat: typeof dataFormat } {
  return { dataFormat };
}
