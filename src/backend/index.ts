export { type BackendDescription, type BackendFeatures, describeBackend } from './choice/describeBackend.ts';
export { useBackend } from './choice/useBackend.ts';
export { installKernels } from './installKernels.ts';
