export { type BackendDescription, type BackendFeatures, describeBackend } from './choice/describeBackend.ts';
export { type BackendOptions, useBackend } from './choice/useBackend.ts';
export { type InstalledKernels, type InstallKernelsOptions, installKernels } from './installKernels.ts';
