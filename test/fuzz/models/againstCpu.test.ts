import '@tensorflow/tfjs-backend-cpu';
import { expect, test } from 'vitest';
import { backend, thorough } from '../../support/backend.ts';
import { findingsOf } from '../look.ts';
import { againstCpu } from './checks/againstCpu.ts';
import { lookAtModels } from './look.ts';

// A model of a GPU in software takes a second.
const count = thorough ? 200 : 10;

test.skipIf(backend === 'cpu')('predictions and gradients of random models are those of cpu', async () => {
  expect(await findingsOf('againstCpu', lookAtModels({ check: againstCpu }), { seed: 0, count })).toEqual([]);
});
