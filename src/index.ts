export * from './attribution/index.ts';
