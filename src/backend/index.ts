export { type BackendDescription, type BackendFeatures, describeBackend } from './describeBackend.ts';
export { installKernels } from './installKernels.ts';
export { useBackend } from './useBackend.ts';
