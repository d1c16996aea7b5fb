export * from './attribution/index.ts';
export * from './backend/index.ts';
export * from './dissection/index.ts';
export * from './image/index.ts';
export * from './metrics/index.ts';
export * from './network/index.ts';
export * from './render/index.ts';
