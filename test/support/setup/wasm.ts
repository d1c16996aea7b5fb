import '@tensorflow/tfjs-backend-wasm';
import { inject } from 'vitest';
import * as simd from '../../../src/backend/kernels/simd/simd.generated.ts';
import { startSimd } from '../../../src/backend/kernels/simd/simd.ts';
import { startBackend } from './leaks.ts';
import { modulesOf } from './modulesOf.ts';

await startBackend('wasm');
// Networks start them, once for a backend: here so that kernels are tested with them where there is no network, and so
// that networks find these.
startSimd(modulesOf(inject('kernels'), simd));
